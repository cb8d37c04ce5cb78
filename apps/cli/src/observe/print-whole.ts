import type { LineSink } from "../terminal/line-sink.ts";

/** Lines between two looks whether they were taken. */
const linesAtOnce = 100;

/**
 * Prints lines as they come, however many there are: no faster than they are read, none is left out, and none is made
 * that nobody would read.
 */
export async function printWhole(lines: AsyncIterable<string>, out: LineSink): Promise<void> {
  let written = 0;
  for await (const line of lines) {
    out.line(line);
    written += 1;
    if (written % linesAtOnce === 0 && !(await out.taken())) return;
  }
  await out.taken();
}
