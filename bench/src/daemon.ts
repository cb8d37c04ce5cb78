import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type DaemonProcess, startDaemon } from "./daemon-process.ts";
import { cpuMs, memoryMb, peakMemoryMb } from "./process-figures.ts";
import { type ScratchRepository, scratchRepository } from "./scratch-repository.ts";
import { percentile } from "./statistics.ts";

/** The figures of a whole daemon, in the form in which others were measured. */
export async function benchDaemon(): Promise<void> {
  await twentyIssues("inline");
  await twentyIssues("process");
  await tenThousandIssues();
  await agentThatDoesNothing();
  await agentsThatIgnoreSignals();
}

/** Writes an agent into the scratch folder; it logs its start and end with times. */
function workflow(agent: string, slots: number, runner = "inline"): string {
  return `tracker: { kind: roadmap }
polling: { interval_ms: 30000 }
agent: { backend: command, max_concurrent_agents: ${slots}, grace_ms: 1000 }
backends:
  command: { program: [sh, -c, ${JSON.stringify(agent)}] }
delivery: { kind: none }
runner: ${runner}
sandbox: { tier: none }
`;
}

function timed(log: string, work: string): string {
  return `cat > /dev/null; echo start $(date +%s%N) >> ${log}; ${work}; echo end $(date +%s%N) >> ${log}`;
}

async function twentyIssues(runner: string): Promise<void> {
  using log = logFile();
  const agent = timed(log.path, "sleep 2; echo x > done.txt");
  using scratch = scratchRepository(20, workflow(agent, 5, runner));
  const daemon = startDaemon(scratch, "--once");
  const peak = await peakUntilExit(daemon);
  const { code, wallMs } = await daemon.exited;
  const gaps = slotGaps(log.path, 5);
  console.log(
    `\n20 issues, 5 slots, agents of 2 s (ideal 8.0 s), default poll of 30 s, runner: ${runner}`,
  );
  console.log(`  exit code                                ${code}`);
  console.log(`  wall time, start of process to exit      ${(wallMs / 1000).toFixed(2)} s`);
  console.log(
    `  slot free → next agent's start           p50 ${percentile(gaps, 0.5).toFixed(0)} ms, p95 ${percentile(gaps, 0.95).toFixed(0)} ms (${gaps.length} samples)`,
  );
  console.log(`  daemon memory at peak                    ${peak.toFixed(0)} MiB`);
}

async function tenThousandIssues(): Promise<void> {
  using log = logFile();
  using scratch = scratchRepository(
    10_000,
    workflow(timed(log.path, "sleep 600"), 2).replace("30000", "200"),
  );
  const startedAt = Date.now();
  const daemon = startDaemon(scratch);
  await until(() => starts(log.path).length > 0, 20_000);
  const firstAgentMs = (starts(log.path)[0] ?? Number.NaN) - startedAt;
  await sleep(3_000);
  const before = cpuMs(daemon.pid);
  await sleep(6_000);
  const used = cpuMs(daemon.pid) - before;
  console.log("\n10,000 issues, all active, 2 agents at work, poll of 200 ms");
  console.log(`  first agent after the daemon's start     ${firstAgentMs.toFixed(0)} ms`);
  console.log(`  CPU per poll that brings nothing         ${(used / 30).toFixed(1)} ms`);
  console.log(
    `  memory at peak / now                     ${peakMemoryMb(daemon.pid).toFixed(0)} / ${memoryMb(daemon.pid).toFixed(0)} MiB`,
  );
  daemon.child.kill("SIGTERM");
  await daemon.exited;
}

async function agentThatDoesNothing(): Promise<void> {
  using log = logFile();
  using scratch = scratchRepository(1, workflow(timed(log.path, "true"), 1));
  const daemon = startDaemon(scratch, "--once");
  const { code, wallMs } = await daemon.exited;
  console.log("\nAn agent that exits 0 and did nothing");
  console.log(
    `  starts until parked                      ${starts(log.path).length}, in ${(wallMs / 1000).toFixed(1)} s, exit code ${code}`,
  );
}

async function agentsThatIgnoreSignals(): Promise<void> {
  using log = logFile();
  const stubborn = `trap '' TERM INT HUP; echo start $(date +%s%N) >> ${log.path}; while :; do sleep 1; done`;
  using scratch = scratchRepository(3, workflow(stubborn, 3));
  const daemon = startDaemon(scratch);
  await until(() => starts(log.path).length === 3, 20_000);
  const stoppedAt = performance.now();
  daemon.child.kill("SIGTERM");
  await daemon.exited;
  console.log("\nSIGTERM to the daemon, agents that ignore signals, grace 1 s");
  console.log(
    `  all ended after                          ${(performance.now() - stoppedAt).toFixed(0)} ms`,
  );
}

function logFile(): { readonly path: string } & Disposable {
  const scratch: ScratchRepository = scratchRepository(0, "");
  return {
    path: join(scratch.root, "agents.log"),
    [Symbol.dispose]: () => scratch[Symbol.dispose](),
  };
}

function times(path: string, word: string): number[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.startsWith(`${word} `))
    .map((line) => Number(line.slice(word.length + 1)) / 1e6);
}

const starts = (path: string): number[] => times(path, "start");

/** Pairs each end of an agent with the start that took its slot: the k-th end frees the slot of start k + slots. */
function slotGaps(path: string, slots: number): number[] {
  const began = starts(path).toSorted((a, b) => a - b);
  const ended = times(path, "end").toSorted((a, b) => a - b);
  return began.slice(slots).map((start, index) => start - (ended[index] ?? Number.NaN));
}

async function until(isDone: () => boolean, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!isDone()) {
    if (performance.now() > deadline) throw new Error(`Not done within ${limitMs} ms`);
    await sleep(5);
  }
}

async function peakUntilExit(daemon: DaemonProcess): Promise<number> {
  let peak = 0;
  while (daemon.child.exitCode === null && daemon.child.signalCode === null) {
    if (existsSync(`/proc/${daemon.pid}/status`))
      peak = Math.max(peak, peakMemoryMb(daemon.pid) || 0);
    await sleep(200);
  }
  return peak;
}
