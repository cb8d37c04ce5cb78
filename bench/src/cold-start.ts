import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { percentile } from "./statistics.ts";

const bundle = join(import.meta.dirname, "..", "..", "apps", "cli", "bundle", "main.js");

/** From process start to exit of `signalbox --help`, beside a Node that prints one line. */
export function benchColdStart(): void {
  const help = samples([bundle, "--help"]);
  const bare = samples(["--eval", "console.log(1)"]);
  console.log("\nCold start of the bundled CLI");
  console.log(
    `  signalbox --help                         p50 ${percentile(help, 0.5).toFixed(0)} ms, p95 ${percentile(help, 0.95).toFixed(0)} ms`,
  );
  console.log(
    `  node --eval (floor)                      p50 ${percentile(bare, 0.5).toFixed(0)} ms`,
  );
}

function samples(args: readonly string[]): number[] {
  return Array.from({ length: 15 }, () => {
    const startedAt = performance.now();
    execFileSync(process.execPath, args, { stdio: "ignore" });
    return performance.now() - startedAt;
  });
}
