import { readdirSync, readFileSync, statSync } from "node:fs";
import { ProcessReader, type SeenProcess } from "./process-reader.ts";
import type { Scene } from "./scene.ts";
import type { Violations } from "./violations.ts";

const sampleMs = 20;
const pauseMs = 500;
const memoryEveryMs = 1_000;
/** Of a daemon that lives, is not stopped, and has something to do. */
const standstillLimitMs = 30_000;
const maxDaemonMiB = 400;
const maxRunnerMiB = 200;
/** Two daemons may live at once until one of them has seen the other. */
const twoDaemonsLimitMs = 40_000;

/** Watches the processes of the scene while they are tormented. */
export class Observer {
  readonly #scene: Scene;
  readonly #violations: Violations;
  readonly #reader: ProcessReader;
  readonly #timer: NodeJS.Timeout;
  #latest: readonly SeenProcess[] = [];
  #progressAt = performance.now();
  #progressSign = "";
  #memoryAt = 0;
  /** When each daemon was first seen, or went on. */
  readonly #daemonsSince = new Map<number, number>();
  /** Whether anything is there to be done. */
  hasWork: () => boolean = () => false;
  /** When a daemon was last seen to have died, or to be stopped. */
  daemonDisturbedAt = 0;
  samples = 0;
  /** Where no agent was ever seen, no rule about agents means anything. */
  hasSeenAgents = false;
  longestStandstillMs = 0;
  longestSampleGapMs = 0;
  #sampledAt = performance.now();
  readonly largestMiB: Record<"daemon" | "runner", number> = { daemon: 0, runner: 0 };

  constructor(scene: Scene, violations: Violations) {
    this.#scene = scene;
    this.#violations = violations;
    this.#reader = new ProcessReader(scene.mark);
    this.#timer = setInterval(() => this.look(), sampleMs);
  }

  /** As of the last look. */
  get processes(): readonly SeenProcess[] {
    return this.#latest;
  }

  look(): readonly SeenProcess[] {
    const now = performance.now();
    const gapMs = now - this.#sampledAt;
    this.longestSampleGapMs = Math.max(this.longestSampleGapMs, gapMs);
    this.#sampledAt = now;
    // Where this process had no time, nobody else may have had any.
    if (gapMs > pauseMs) this.#progressAt += gapMs;
    this.#latest = this.#reader.read();
    this.samples += 1;
    this.hasSeenAgents ||= this.#latest.some(({ kind }) => kind === "agent");
    this.#checkPairs("issue");
    this.#checkPairs("workspace");
    this.#checkDaemons(now);
    this.#checkStandstill(now);
    if (now - this.#memoryAt > memoryEveryMs) this.#checkMemory(now);
    return this.#latest;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Two runs at one thing, both of them alive in the same look: a second look tells that from a hand-over. */
  #checkPairs(by: "issue" | "workspace"): void {
    const suspects = pairs(this.#latest, by);
    if (suspects.length === 0) return;
    this.#latest = this.#reader.read();
    const alive = new Set(this.#latest.map(({ pid, startTime }) => `${pid} ${startTime}`));
    for (const [one, other] of suspects) {
      if (![one, other].every(({ pid, startTime }) => alive.has(`${pid} ${startTime}`))) continue;
      this.#violations.add(
        `two live runs of one ${by}`,
        `${one[by]}: ${told(one)} and ${told(other)}`,
      );
    }
  }

  #checkDaemons(now: number): void {
    if (this.#latest.some(({ kind, isStopped }) => kind === "daemon" && isStopped)) {
      this.daemonDisturbedAt = now;
    }
    const daemons = this.#latest.filter(isWorkingDaemon);
    const present = new Set(daemons.map(({ pid }) => pid));
    for (const pid of this.#daemonsSince.keys()) {
      if (present.has(pid)) continue;
      this.#daemonsSince.delete(pid);
      this.daemonDisturbedAt = now;
    }
    for (const { pid } of daemons) {
      if (!this.#daemonsSince.has(pid)) this.#daemonsSince.set(pid, now);
    }
    // All but one of them have had the time to see that they are not alone.
    const old = daemons.filter(
      ({ pid }) => now - (this.#daemonsSince.get(pid) ?? now) > twoDaemonsLimitMs,
    );
    if (old.length > 1) this.#violations.add("two daemons", old.map(told).join(", "));
  }

  #checkStandstill(now: number): void {
    const isIdleByRight = !this.hasWork() || !this.#latest.some(isWorkingDaemon);
    const sign = this.#sign();
    if (isIdleByRight || sign !== this.#progressSign) this.#progressAt = now;
    this.#progressSign = sign;
    const standstill = now - this.#progressAt;
    this.longestStandstillMs = Math.max(this.longestStandstillMs, standstill);
    if (standstill > standstillLimitMs) {
      this.#violations.add(
        "standstill",
        `nothing for ${standstillLimitMs / 1_000} s from ${new Date(Date.now() - standstill).toISOString()}`,
      );
      this.#progressAt = now;
    }
  }

  /** Changes where anything is done: an agent or git that works, a run that begins, a state that is written. */
  #sign(): string {
    const working = this.#latest.some(
      ({ kind, isStopped }) => (kind === "agent" || kind === "git") && !isStopped,
    );
    if (working) return String(performance.now());
    const daemons = this.#latest.filter(isWorkingDaemon).map(({ pid }) => pid);
    const written = statSync(this.#scene.roadmap, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return `${daemons.join()} ${written} ${namesIn(this.#scene.runs).length}`;
  }

  #checkMemory(now: number): void {
    this.#memoryAt = now;
    for (const { pid, kind } of this.#latest) {
      if (kind !== "daemon" && kind !== "runner") continue;
      const mebibytes = residentMiB(pid);
      this.largestMiB[kind] = Math.max(this.largestMiB[kind], mebibytes);
      const limit = kind === "daemon" ? maxDaemonMiB : maxRunnerMiB;
      if (mebibytes > limit) this.#violations.add("memory", `a ${kind} of over ${limit} MiB`);
    }
  }
}

function isWorkingDaemon({ kind, isStopped }: SeenProcess): boolean {
  return kind === "daemon" && !isStopped;
}

function pairs(
  processes: readonly SeenProcess[],
  by: "issue" | "workspace",
): (readonly [SeenProcess, SeenProcess])[] {
  const first = new Map<string, SeenProcess>();
  const found: (readonly [SeenProcess, SeenProcess])[] = [];
  for (const process of processes) {
    const thing = process[by];
    if (process.run === null || thing === null) continue;
    const other = first.get(thing);
    if (other === undefined) first.set(thing, process);
    else if (other.run !== process.run) found.push([other, process]);
  }
  return found;
}

export function told({ pid, kind, run, command }: SeenProcess): string {
  return `${kind} ${pid}${run === null ? "" : ` of ${run}`} (${command.slice(-90)})`;
}

export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Not made yet.
    return [];
  }
}

function residentMiB(pid: number): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1] ?? 0);
    return (pages * 4_096) / 1_048_576;
  } catch {
    // It has ended.
    return 0;
  }
}
