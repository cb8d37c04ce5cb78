import { Writable } from "node:stream";
import type { Surroundings } from "../surroundings.ts";
import { LineSink } from "../terminal/line-sink.ts";

export interface RecordedOutput {
  out: string;
  err: string;
}

/** Surroundings of a pipe, which remember what is written. */
export function recordedSurroundings(
  cwd: string,
  environment: Readonly<Record<string, string | undefined>>,
  input = "",
): { readonly surroundings: Surroundings; readonly output: RecordedOutput } {
  const output: RecordedOutput = { out: "", err: "" };
  const record = (name: keyof RecordedOutput): LineSink =>
    new LineSink(
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          output[name] += chunk.toString();
          done();
        },
      }),
    );
  const surroundings: Surroundings = {
    cwd,
    environment,
    input: async function* () {
      yield input;
    },
    out: record("out"),
    err: record("err"),
    paint: (_, text) => text,
    isLive: false,
    columns: () => 100,
  };
  return { surroundings, output };
}
