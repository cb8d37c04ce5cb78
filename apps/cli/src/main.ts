#!/usr/bin/env node
import { runProgram } from "./program.ts";
import type { Surroundings } from "./surroundings.ts";
import { exitStatusOf, failureLines, failureOf, UsageError } from "./terminal/failure.ts";
import { LineSink } from "./terminal/line-sink.ts";
import { paintFor } from "./terminal/palette.ts";

const flushLimitMs = 2000;
const { argv, env, stdout, stderr } = process;

const surroundings: Surroundings = {
  cwd: process.cwd(),
  environment: env,
  out: new LineSink(stdout),
  err: new LineSink(stderr),
  paint: paintFor(stdout, env),
  isLive: stdout.isTTY && env["TERM"] !== "dumb",
  columns: () => (stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY),
};

process.exitCode = await runProgram(argv.slice(2), surroundings).catch((error: unknown) => {
  const failure = failureOf(error);
  if (argv.includes("--json")) surroundings.out.line(JSON.stringify({ error: failure }));
  else for (const line of failureLines(failure)) surroundings.err.line(line);
  if (error instanceof UsageError) surroundings.err.line('"signalbox --help" tells how to use it.');
  if (env["SIGNALBOX_DEBUG"] === "1") surroundings.err.line(stackOf(error));
  return exitStatusOf(error);
});
await Promise.all([surroundings.out.flushed(flushLimitMs), surroundings.err.flushed(flushLimitMs)]);
// What a plugin left open must not keep the command from ending.
process.exit();

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
