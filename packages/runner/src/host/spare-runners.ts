import type { Clock } from "@signalbox/contracts";
import { RunnerProcess, type RunnerLaunch } from "./runner-process.ts";

/** However many runs start at once; each spare is a waiting Node.js. */
const maxSpares = 5;
/** How long a burst of starts is remembered. */
const memoryMs = 10 * 60_000;

interface Burst {
  readonly at: number;
  readonly size: number;
}

/**
 * Keeps runners started, so that a dispatch does not wait for a process: one, or as many as were asked for at once in
 * the last 10 minutes, up to 5.
 */
export class SpareRunners {
  readonly #launch: RunnerLaunch;
  readonly #clock: Clock;
  #spares: RunnerProcess[] = [];
  #bursts: readonly Burst[] = [];
  /** Taken since there was time for new ones. */
  #taken = 0;
  #isClosed = false;

  constructor(launch: RunnerLaunch, clock: Clock) {
    this.#launch = launch;
    this.#clock = clock;
  }

  /** To be called when nothing is in a hurry: starts what is missing, and ends what is not needed any more. */
  warm(): void {
    if (this.#isClosed) return;
    const wanted = this.#wanted();
    this.#spares = this.#spares.filter((spare) => !spare.isOver);
    for (const surplus of this.#spares.splice(wanted)) surplus.dismiss();
    try {
      while (this.#spares.length < wanted) this.#spares.push(RunnerProcess.start(this.#launch));
    } catch {
      // Not now: the next run says so, if it is so still.
    }
  }

  /** A spare one, or a new one. Throws `runner_died` where there can be none. */
  take(): RunnerProcess {
    this.#taken += 1;
    for (let spare = this.#spares.shift(); spare !== undefined; spare = this.#spares.shift()) {
      if (!spare.isOver) return spare;
    }
    return RunnerProcess.start(this.#launch);
  }

  close(): void {
    this.#isClosed = true;
    for (const spare of this.#spares.splice(0)) spare.dismiss();
  }

  #wanted(): number {
    const now = this.#clock.now();
    const recent = this.#bursts.filter(({ at }) => Math.abs(now - at) < memoryMs);
    const burst: Burst = { at: now, size: this.#taken };
    // A larger burst makes the smaller ones before it irrelevant.
    this.#bursts = [...recent.filter(({ size }) => size > burst.size), burst];
    this.#taken = 0;
    return Math.min(maxSpares, Math.max(1, ...this.#bursts.map(({ size }) => size)));
  }
}
