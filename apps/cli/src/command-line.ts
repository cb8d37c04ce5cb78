import { runProgram } from "./program.ts";
import type { Surroundings } from "./surroundings.ts";
import {
  exitStatusOf,
  failureLines,
  failureOf,
  UsageError,
  type ExitStatus,
} from "./terminal/failure.ts";

/** Runs one command to its end. Whatever fails is printed here and nowhere else: what, where, and what to do. */
export async function runCommandLine(
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<ExitStatus> {
  try {
    return await runProgram(argv, surroundings);
  } catch (error) {
    printFailure(error, argv.includes("--json"), surroundings);
    return exitStatusOf(error);
  }
}

function printFailure(error: unknown, isJson: boolean, surroundings: Surroundings): void {
  const { out, err, environment } = surroundings;
  const failure = failureOf(error);
  if (isJson) out.line(JSON.stringify({ error: failure }));
  else for (const line of failureLines(failure)) err.line(line);
  if (error instanceof UsageError) err.line('"signalbox --help" tells how to use it.');
  if (environment["SIGNALBOX_DEBUG"] === "1" && error instanceof Error) {
    err.line(error.stack ?? error.message);
  }
}
