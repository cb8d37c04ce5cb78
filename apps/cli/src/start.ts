import { runCommandLine } from "./command-line.ts";
import { LineSink } from "./terminal/line-sink.ts";
import { paintFor } from "./terminal/palette.ts";

const flushLimitMs = 2000;
const { argv, env, stdout, stderr } = process;
const out = new LineSink(stdout);
const err = new LineSink(stderr);

process.exitCode = await runCommandLine(argv.slice(2), {
  cwd: process.cwd(),
  environment: env,
  input: () => process.stdin,
  out,
  err,
  paint: paintFor(stdout, env),
  isLive: stdout.isTTY && env["TERM"] !== "dumb",
  // A terminal that does not know its width says 0.
  columns: () => (stdout.isTTY ? stdout.columns || 80 : Number.POSITIVE_INFINITY),
});
await Promise.all([out.flushed(flushLimitMs), err.flushed(flushLimitMs)]);
// What a plugin left open must not keep the command from ending.
process.exit();
