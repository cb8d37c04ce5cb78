import type { LineSink } from "./terminal/line-sink.ts";
import type { Paint } from "./terminal/palette.ts";

/** What a verb sees of the world outside: everything that a test may want to be different. */
export interface Surroundings {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What is given to the command, if it asks for it. */
  readonly input: () => AsyncIterable<Uint8Array | string>;
  /** Results. */
  readonly out: LineSink;
  /** Log lines, warnings, failures. */
  readonly err: LineSink;
  /** Colours for `out`. */
  readonly paint: Paint;
  /** Whether `out` is a terminal that lines can be redrawn on. */
  readonly isLive: boolean;
  /** Width of `out` in columns. */
  readonly columns: () => number;
}
