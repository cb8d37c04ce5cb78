import { setTimeout as delay } from "node:timers/promises";
import type { AgentUsage, Session, SessionOrder, TurnOutcome } from "@signalbox/contracts";
import type { MockStep, MockTurn } from "./mock-step.ts";
import { changeWorkspace } from "./change-workspace.ts";

export interface MockSessionPlan {
  readonly sessionId: string;
  readonly run: number;
  readonly stepOf: (turn: MockTurn) => MockStep;
}

/** The host knows why it stopped the turn, and says so in its own words. */
const canceled: TurnOutcome = { kind: "canceled", reason: "operator" };

const noUsage: AgentUsage = {
  pool: "mock",
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: null,
};

export class MockSession implements Session {
  readonly sessionId: string;
  readonly #order: SessionOrder;
  readonly #plan: MockSessionPlan;
  readonly #closing = new AbortController();
  #interruption = new AbortController();
  #playing: Promise<TurnOutcome> | null = null;
  #turns = 0;
  #closeMs = 0;
  #closed: Promise<void> | null = null;

  constructor(order: SessionOrder, plan: MockSessionPlan) {
    this.sessionId = plan.sessionId;
    this.#order = order;
    this.#plan = plan;
  }

  async runTurn(prompt: string, signal: AbortSignal): Promise<TurnOutcome> {
    if (this.#playing !== null) throw new Error("A session runs one turn at a time");
    this.#interruption = new AbortController();
    const stop = AbortSignal.any([
      signal,
      this.#order.signal,
      this.#closing.signal,
      this.#interruption.signal,
    ]);
    this.#playing = this.#play(prompt, stop);
    try {
      return await this.#playing;
    } finally {
      this.#playing = null;
    }
  }

  async interrupt(): Promise<void> {
    this.#interruption.abort();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([this.#playing]);
    await delay(this.#closeMs);
  }

  async #play(prompt: string, stop: AbortSignal): Promise<TurnOutcome> {
    if (stop.aborted) return canceled;
    this.#turns += 1;
    const { cwd, resume, emit, transcribe } = this.#order;
    const { run, sessionId } = this.#plan;
    const turn = { prompt, turn: this.#turns, run, sessionId, isResumed: resume !== null, cwd };
    const step = this.#plan.stepOf(turn);
    if (step.say !== undefined) {
      transcribe(step.say);
      emit({ type: "message", role: "agent", text: step.say });
    }
    if (await abortedWithin(step.delayMs ?? 0, stop)) return canceled;
    const outcome = await this.#act(step, stop);
    if (step.usage !== undefined) emit({ type: "usage", usage: { ...noUsage, ...step.usage } });
    return outcome;
  }

  async #act(step: MockStep, stop: AbortSignal): Promise<TurnOutcome> {
    switch (step.kind) {
      case "succeed":
        await changeWorkspace(this.#order.cwd, step);
        return { kind: "succeeded" };
      case "fail": {
        const { code = "agent-error", retryable = true, message = "The script says so." } = step;
        return { kind: "failed", code, retryable, message };
      }
      case "hang":
        return this.#hang(stop);
      case "crash":
        throw new Error("The mock agent crashed");
      case "ask":
        this.#order.emit({ type: "input-requested", question: step.question });
        return { kind: "needs-input", question: step.question };
      case "quota":
        return {
          kind: "quota-exhausted",
          pool: step.pool ?? "mock",
          resetsAt: step.resetsAt ?? null,
        };
      case "late-exit":
        this.#closeMs = step.closeMs;
        return { kind: "succeeded" };
    }
  }

  async #hang(stop: AbortSignal): Promise<TurnOutcome> {
    const { silenceTimeoutMs } = this.#order.limits;
    const limitMs = silenceTimeoutMs > 0 ? silenceTimeoutMs : longestTimerMs;
    if (await abortedWithin(limitMs, stop)) return canceled;
    return { kind: "timed-out", limit: "turn", limitMs };
  }
}

const longestTimerMs = 2 ** 31 - 1;

async function abortedWithin(ms: number, stop: AbortSignal): Promise<boolean> {
  if (ms > 0) await Promise.allSettled([delay(ms, undefined, { signal: stop })]);
  return stop.aborted;
}
