import type { Clock } from "@signalbox/contracts";
import type { PollResult } from "./observation.ts";

export interface PollLoopPorts {
  readonly clock: Clock;
  readonly intervalMs: () => number;
  readonly poll: () => Promise<PollResult>;
  readonly onPolled: (result: PollResult) => void;
  /** A poll that broke, which it should not: the next one comes all the same. */
  readonly onFailure: (error: unknown) => void;
}

/** Polls at once, then at the interval, one poll at a time. Requests that arrive during a poll share the next one. */
export class PollLoop {
  readonly #ports: PollLoopPorts;
  #timer: Disposable | null = null;
  #current: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #closed = false;

  constructor(ports: PollLoopPorts) {
    this.#ports = ports;
  }

  /** Resolves after a poll that began after this call. */
  request(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    if (this.#current === null) return this.#begin();
    this.#next ??= this.#current.then(() => {
      this.#next = null;
      return this.#closed ? undefined : this.#begin();
    });
    return this.#next;
  }

  /** Resolves when the poll under way, if any, is over. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.[Symbol.dispose]();
    await this.#current;
  }

  #begin(): Promise<void> {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    const poll = this.#pollOnce().finally(() => {
      this.#current = null;
    });
    this.#current = poll;
    return poll;
  }

  async #pollSafely(): Promise<PollResult> {
    try {
      return await this.#ports.poll();
    } catch (error) {
      this.#ports.onFailure(error);
      return { ok: false, retryAfterMs: null };
    }
  }

  async #pollOnce(): Promise<void> {
    const result = await this.#pollSafely();
    if (this.#closed) return;
    const delayMs = Math.max(this.#ports.intervalMs(), result.retryAfterMs ?? 0);
    this.#timer = this.#ports.clock.setTimer(delayMs, () => void this.request());
    this.#ports.onPolled(result);
  }
}
