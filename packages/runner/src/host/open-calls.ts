import type { AgentToolResult, ToolCall } from "@signalbox/contracts";
import { messageOf } from "../failure.ts";

export interface OpenCallsOrder {
  readonly perform: (call: ToolCall, signal: AbortSignal) => Promise<AgentToolResult>;
  readonly answer: (callId: string, result: AgentToolResult) => Promise<void>;
}

/** Calls that stand in a run's spool without an answer. Each is performed once, and may be given up by the agent. */
export class OpenCalls {
  readonly #order: OpenCallsOrder;
  readonly #waiting = new Map<string, ToolCall>();
  readonly #performing = new Map<string, AbortController>();

  constructor(order: OpenCallsOrder) {
    this.#order = order;
  }

  add(call: ToolCall): void {
    this.#waiting.set(call.callId, call);
  }

  /** The agent has its answer, or waits no more. */
  remove(callId: string): void {
    this.#waiting.delete(callId);
    this.#performing.get(callId)?.abort();
    this.#performing.delete(callId);
  }

  /** Performs what was added. To be called at the end of the spool, where it is known what was answered long ago. */
  perform(): void {
    for (const call of this.#waiting.values()) void this.#perform(call);
    this.#waiting.clear();
  }

  /** Nobody here hears of the run any more. */
  close(): void {
    this.#waiting.clear();
    for (const callId of this.#performing.keys()) this.remove(callId);
  }

  async #perform(call: ToolCall): Promise<void> {
    const performing = new AbortController();
    this.#performing.set(call.callId, performing);
    let result: AgentToolResult;
    try {
      result = await this.#order.perform(call, performing.signal);
    } catch (error) {
      result = { kind: "failed", code: "tool-failed", message: messageOf(error), retryable: true };
    }
    if (!performing.signal.aborted) await this.#order.answer(call.callId, result);
  }
}
