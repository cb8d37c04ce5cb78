import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";

/** How long a call is under way, in virtual milliseconds: the least and the most. */
export type Latency = readonly [least: number, most: number];

export interface Reply<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One daemon as a process: it runs, is stopped as by SIGSTOP, or is dead. Whatever reaches it from the world comes as
 * a step of its own, so that it can die between any two of them; nothing of a dead one runs.
 */
export class DaemonLife {
  readonly name: string;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  #status: "running" | "frozen" | "dead" = "running";
  #backlog: (() => void)[] = [];
  #timers = 0;
  /** Milliseconds that its clock is ahead. */
  clockSkewMs = 0;
  /** Up to where it knows its journal to be durable. */
  ackedVersion = 0;
  epoch = 0;
  #servesSince: number | null = null;

  constructor(name: string, scheduler: Scheduler, random: Random) {
    this.name = name;
    this.#scheduler = scheduler;
    this.#random = random;
  }

  get status(): "running" | "frozen" | "dead" {
    return this.#status;
  }

  /** From when on it has served without a pause; `null`: it starts, ends, stands still, or is dead. */
  get servesSince(): number | null {
    return this.#status === "running" ? this.#servesSince : null;
  }

  /** It has started, or is about to end. */
  serve(does: boolean): void {
    this.#servesSince = does ? this.#scheduler.now : null;
  }

  /** Timers that are set and not over. */
  get timers(): number {
    return this.#timers;
  }

  /** To be called with nothing of it running: between two steps. */
  kill(): void {
    this.#status = "dead";
    this.#backlog = [];
  }

  freeze(): void {
    if (this.#status === "running") this.#status = "frozen";
  }

  /** What came meanwhile reaches it now, one step each. */
  thaw(): void {
    if (this.#status !== "frozen") return;
    this.#status = "running";
    if (this.#servesSince !== null) this.#servesSince = this.#scheduler.now;
    const backlog = this.#backlog;
    this.#backlog = [];
    for (const work of backlog) {
      this.#scheduler.schedule(0, "wakes to", this.name, () => this.enter(work));
    }
  }

  /** Runs code of the daemon, from within a step. `true`: it ran. */
  enter(work: () => void): boolean {
    if (this.#status === "dead") return false;
    if (this.#status === "frozen") {
      this.#backlog.push(work);
      return false;
    }
    work();
    return true;
  }

  setTimer(delayMs: number, callback: () => void): Disposable {
    let isSet = true;
    const over = (): void => {
      if (isSet) this.#timers -= 1;
      isSet = false;
    };
    this.#timers += 1;
    const step = this.#scheduler.schedule(delayMs, "timer", this.name, () =>
      this.enter(() => {
        if (!isSet) return;
        over();
        callback();
      }),
    );
    return {
      [Symbol.dispose]: () => {
        this.#scheduler.cancel(step);
        over();
      },
    };
  }

  yield(): Promise<void> {
    return new Promise((resolve) => {
      this.#scheduler.scheduleLast("yield", this.name, () => this.enter(resolve));
    });
  }

  /**
   * A call into the world: it arrives in one step, and its answer comes back in another. A daemon that dies in between
   * has made it or has not. An aborted signal rejects it; the world may act on it all the same.
   */
  call<T>(
    kind: string,
    subject: string,
    latency: Latency,
    work: (reply: Reply<T>) => void,
    signal?: AbortSignal,
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const listening =
      signal === undefined ? null : this.#followAbort(kind, subject, signal, reject);
    const back = (settle: () => void): void => {
      this.#scheduler.schedule(this.#delay(latency), `${kind} answered`, subject, () => {
        listening?.[Symbol.dispose]();
        return this.enter(settle);
      });
    };
    this.#scheduler.schedule(this.#delay(latency), kind, subject, () => {
      if (this.#status === "dead" && this.#random.chance(0.5)) return;
      work({
        resolve: (value) => back(() => resolve(value)),
        reject: (error) => back(() => reject(error)),
      });
    });
    return promise;
  }

  #followAbort(
    kind: string,
    subject: string,
    signal: AbortSignal,
    reject: (reason: unknown) => void,
  ): Disposable {
    const onAbort = (): void => {
      this.#scheduler.schedule(this.#delay([0, 900]), `${kind} aborted`, subject, () =>
        this.enter(() => reject(signal.reason)),
      );
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    return { [Symbol.dispose]: () => signal.removeEventListener("abort", onAbort) };
  }

  #delay([least, most]: Latency): number {
    return this.#random.between(least, most);
  }
}
