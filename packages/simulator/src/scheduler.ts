import type { Random } from "./random.ts";
import type { Trace } from "./trace.ts";

/** Does one thing. `true`: code of a daemon ran, and whatever it set going has to come to rest before the next step. */
export type Action = () => boolean | void;

export interface Step {
  readonly at: number;
  readonly rank: number;
  readonly number: number;
  readonly kind: string;
  readonly subject: string;
  /** `null`: cancelled. */
  action: Action | null;
}

export type RunEnd = "over" | "idle" | "busy";

const turnsAtOnce = 256;
const last = 0x1_0000_0000;
const mostStepsAtOnce = 200_000;
const leastCancelled = 64;

/**
 * Virtual time. Everything that happens is a step with an instant; steps of one instant happen in an order that the
 * seed decides. Between two steps no code of a daemon is left that could run.
 */
export class Scheduler {
  /** Epoch milliseconds of the simulated world; no clock in it needs to agree. */
  now: number;
  readonly #random: Random;
  readonly #trace: Trace;
  #heap: Step[] = [];
  /** Steps in it that will never be made. */
  #cancelled = 0;
  #count = 0;
  #stepsNow = 0;

  constructor(startAt: number, random: Random, trace: Trace) {
    this.now = startAt;
    this.#random = random;
    this.#trace = trace;
  }

  schedule(delayMs: number, kind: string, subject: string, action: Action): Step {
    return this.#push(delayMs, this.#random.below(last), kind, subject, action);
  }

  /** After everything else that is ready at this instant. */
  scheduleLast(kind: string, subject: string, action: Action): Step {
    return this.#push(0, last, kind, subject, action);
  }

  cancel(step: Step): void {
    if (step.action === null) return;
    step.action = null;
    this.#cancelled += 1;
    if (this.#cancelled > leastCancelled && this.#cancelled > this.#heap.length / 2) this.#weed();
  }

  /**
   * Runs until `isOver`, which is asked after each step. `idle`: nothing is left that could happen; `busy`: time stands
   * still. Rejects with what a step throws.
   */
  run(isOver: () => boolean): Promise<RunEnd> {
    const { promise, resolve, reject } = Promise.withResolvers<RunEnd>();
    let end: RunEnd | null = null;
    const turn = (): void => {
      if (end !== null) return;
      try {
        end = this.#untilDaemonRan(isOver);
        if (end !== null) resolve(end);
      } catch (error) {
        end = "over";
        reject(error);
      }
    };
    const queueTurns = (): void => {
      if (end !== null) return;
      for (let count = 0; count < turnsAtOnce; count += 1) setImmediate(turn);
      setImmediate(queueTurns);
    };
    queueTurns();
    return promise;
  }

  /** Ends with a step in which code of a daemon ran: all its promise continuations come before the next immediate. */
  #untilDaemonRan(isOver: () => boolean): RunEnd | null {
    while (!isOver()) {
      const step = this.#pop();
      if (step === null) return "idle";
      const { action } = step;
      if (action === null) {
        this.#cancelled -= 1;
        continue;
      }
      this.#stepsNow = step.at > this.now ? 0 : this.#stepsNow + 1;
      if (this.#stepsNow > mostStepsAtOnce) return "busy";
      this.now = Math.max(this.now, step.at);
      this.#trace.note(this.now, step.kind, step.subject);
      step.action = null;
      if (action() === true) return null;
    }
    return "over";
  }

  #push(delayMs: number, rank: number, kind: string, subject: string, action: Action): Step {
    const at = this.now + Math.max(0, Math.round(delayMs));
    const step: Step = { at, rank, number: this.#count, kind, subject, action };
    this.#count += 1;
    const heap = this.#heap;
    let index = heap.length;
    heap.push(step);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(step, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = step;
    return step;
  }

  /** Most timers are limits that are not reached: they would be most of the heap. */
  #weed(): void {
    // In order, and so a heap.
    this.#heap = this.#heap.filter(({ action }) => action !== null).toSorted(compareSteps);
    this.#cancelled = 0;
  }

  #pop(): Step | null {
    const heap = this.#heap;
    const first = heap[0];
    const moved = heap.pop();
    if (first === undefined || moved === undefined) return null;
    if (heap.length > 0) this.#sink(moved);
    return first;
  }

  #sink(step: Step): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      if (left === undefined) break;
      const right = heap[2 * index + 2];
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (!isBefore(child, step)) break;
      heap[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
    }
    heap[index] = step;
  }
}

function compareSteps(a: Step, b: Step): number {
  return isBefore(a, b) ? -1 : 1;
}

function isBefore(a: Step, b: Step): boolean {
  if (a.at !== b.at) return a.at < b.at;
  return a.rank === b.rank ? a.number < b.number : a.rank < b.rank;
}
