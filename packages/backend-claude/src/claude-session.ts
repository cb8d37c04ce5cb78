import type { Session, SessionOrder, TurnOutcome } from "@signalbox/contracts";
import type { SessionLog } from "./session/session-log.ts";
import { Turn, type TurnParts } from "./turn.ts";

/** The host knows why it stopped the turn, and says so in its own words. */
const canceled: TurnOutcome = { kind: "canceled", reason: "operator" };

/** A conversation with the model. It lives in its file: this object can be made anew at any time. */
export class ClaudeSession implements Session {
  readonly sessionId: string;
  readonly #order: SessionOrder;
  readonly #log: SessionLog;
  readonly #parts: TurnParts;
  readonly #closing = new AbortController();
  #interruption = new AbortController();
  #turn: Promise<TurnOutcome> | null = null;
  #closed: Promise<void> | null = null;

  constructor(sessionId: string, order: SessionOrder, parts: TurnParts) {
    this.sessionId = sessionId;
    this.#order = order;
    this.#log = parts.log;
    this.#parts = parts;
  }

  async runTurn(prompt: string, signal: AbortSignal): Promise<TurnOutcome> {
    if (this.#turn !== null) throw new Error("A session runs one turn at a time");
    if (this.#closed !== null) throw new Error("The session is closed");
    this.#interruption = new AbortController();
    const stop = AbortSignal.any([
      signal,
      this.#order.signal,
      this.#closing.signal,
      this.#interruption.signal,
    ]);
    this.#turn = this.#play(prompt, stop);
    try {
      return await this.#turn;
    } finally {
      this.#turn = null;
    }
  }

  async interrupt(): Promise<void> {
    this.#interruption.abort();
  }

  async close(): Promise<void> {
    this.#closed ??= this.#end();
    await this.#closed;
  }

  async #play(prompt: string, stop: AbortSignal): Promise<TurnOutcome> {
    const { silenceTimeoutMs } = this.#order.limits;
    const silence = new AbortController();
    const timer = silenceTimeoutMs > 0 ? setTimeout(() => silence.abort(), silenceTimeoutMs) : null;
    this.#parts.report.watch(() => timer?.refresh());
    try {
      return await new Turn(this.#parts, AbortSignal.any([stop, silence.signal])).play(prompt);
    } catch (error) {
      if (stop.aborted) return canceled;
      if (silence.signal.aborted) {
        return { kind: "timed-out", limit: "turn", limitMs: silenceTimeoutMs };
      }
      return {
        kind: "failed",
        code: "internal",
        retryable: true,
        message: `The session cannot go on: ${error instanceof Error ? error.message : String(error)}`,
      };
    } finally {
      if (timer !== null) clearTimeout(timer);
    }
  }

  async #end(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([this.#turn]);
    await this.#log.close();
  }
}
