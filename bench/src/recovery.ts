import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { type DaemonProcess, startDaemon } from "./daemon-process.ts";
import { memoryMb } from "./process-figures.ts";
import { scratchRepository } from "./scratch-repository.ts";
import { percentile } from "./statistics.ts";

const runs = 50;
const runnerEntry = join("apps", "cli", "bundle", "runner-entry.js");

const workflow = `tracker: { kind: roadmap }
agent: { backend: command, max_concurrent_agents: ${runs}, grace_ms: 500 }
backends:
  command: { program: [sleep, "600"] }
delivery: { kind: none }
runner: process
on_terminate: stop
memory_reserve_mb: 64
sandbox: { tier: none }
`;

/** What a daemon costs and does with 50 live runs: memory, and adoption after kill -9. */
export async function benchRecovery(): Promise<void> {
  using scratch = scratchRepository(runs, workflow);
  const daemon = startDaemon(scratch);
  const idle = await idleMemory(daemon);
  await heard(daemon, /started run-/, runs);
  // A run is begun before its agent is at work, and one that is not has nothing to adopt.
  while (pidsOf("\u0000600\u0000").length < runs) await sleep(100);
  await sleep(1_000);
  const loaded = memoryMb(daemon.pid);
  const runners = pidsOf(runnerEntry).map(memoryMb);
  console.log(`\n${runs} live runs, runner: process`);
  console.log(
    `  daemon memory                            ${loaded.toFixed(0)} MiB, ${((loaded - idle) / runs).toFixed(2)} MiB a run`,
  );
  console.log(
    `  memory of a runner                       p50 ${percentile(runners, 0.5).toFixed(0)} MiB, most ${Math.max(...runners).toFixed(0)} MiB (${runners.length}, spare ones too)`,
  );
  daemon.child.kill("SIGKILL");
  await daemon.exited;
  const startedAt = performance.now();
  const next = startDaemon(scratch);
  await heard(next, /(adopted|took over) run-/, runs);
  console.log(
    `  kill -9, then start to full adoption     ${(performance.now() - startedAt).toFixed(0)} ms`,
  );
  next.child.kill("SIGTERM");
  await next.exited;
}

/** When it has said where it works, and started nothing. */
async function idleMemory({ child, pid }: DaemonProcess): Promise<number> {
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  return memoryMb(pid);
}

/** Resolves when that many lines have matched. */
async function heard({ child }: DaemonProcess, pattern: RegExp, count: number): Promise<void> {
  if (child.stdout === null) throw new Error("Nobody hears this daemon");
  let matched = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (pattern.test(line)) matched += 1;
    if (matched === count) return;
  }
  throw new Error(`The daemon ended after ${matched} of ${count} lines like ${pattern.source}`);
}

/** Of what has that in its command line, whose words end with NUL. */
function pidsOf(words: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && commandOf(name).includes(words))
    .map(Number);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // Ended meanwhile.
    return "";
  }
}
