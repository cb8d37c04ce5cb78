import { readStatus } from "../status/read-status.ts";
import { statusLines } from "../status/status-lines.ts";
import type { Surroundings } from "../surroundings.ts";

export interface StatusOptions {
  readonly file?: string | undefined;
  readonly stateDir?: string;
  readonly json: boolean;
}

/** Prints how things stand: the daemon's word, or what the journal has where none runs. */
export async function status(options: StatusOptions, surroundings: Surroundings): Promise<void> {
  const { cwd, environment, out } = surroundings;
  const { stateDir } = options;
  const place = { cwd, environment, ...(stateDir === undefined ? {} : { stateDir }) };
  const report = await readStatus(options.file, place);
  if (options.json) out.line(JSON.stringify(report));
  else for (const line of statusLines(report, surroundings)) out.line(line);
}
