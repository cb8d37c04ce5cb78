import type {
  AgentTool,
  AgentToolResult,
  AgentTools,
  Clock,
  JsonValue,
  ToolCall,
} from "@signalbox/contracts";
import { CallAllowance, type CallLimits } from "./call-allowance.ts";

export interface RunToolsOrder {
  readonly tools: readonly AgentTool[];
  /** Whoever performs them. What it rejects with is told to the agent as a failure. */
  readonly perform: (call: ToolCall, signal: AbortSignal) => Promise<AgentToolResult>;
  readonly clock: Clock;
  /** Takes what must not be told out of what the agent gives. Default: it stays. */
  readonly redact?: (input: JsonValue) => JsonValue;
  /** Hears of each call when it has ended, and of nothing that was said in it. */
  readonly onCalled?: (report: ToolCallReport) => void;
  /** Default: `defaultLimits`. */
  readonly limits?: Partial<CallLimits>;
}

export interface ToolCallReport {
  readonly name: string;
  /** `ok`, or the code of the failure. */
  readonly result: string;
  readonly tookMs: number;
}

/** Calls whose end the agent has not seen, or that failed in a way that may pass, with their ids. */
const maxRemembered = 100;

/**
 * The tools of one run, for one agent that is not trusted: what it calls is known, bounded in size, number and rate, and
 * answered, whatever goes wrong. A call that is repeated after a failure that may pass, or after the agent has stopped
 * waiting for it, has the `callId` of the first, so that it is performed once.
 */
export class RunTools implements Pick<AgentTools, "list" | "call"> {
  readonly #order: RunToolsOrder;
  readonly #allowance: CallAllowance;
  readonly #again = new Map<string, string>();
  #lastId = 0;

  constructor(order: RunToolsOrder) {
    this.#order = order;
    this.#allowance = new CallAllowance(order.clock, order.limits);
  }

  list(): readonly AgentTool[] {
    return this.#order.tools;
  }

  /** Never rejects. */
  async call(name: string, input: JsonValue, signal: AbortSignal): Promise<AgentToolResult> {
    const { clock, onCalled, tools } = this.#order;
    const startedAt = clock.now();
    const result = await this.#call(name, input, signal);
    const known = tools.some((tool) => tool.name === name) ? name : "unknown";
    const tookMs = Math.max(0, clock.now() - startedAt);
    onCalled?.({ name: known, result: result.kind === "ok" ? "ok" : result.code, tookMs });
    return result;
  }

  async #call(name: string, input: JsonValue, signal: AbortSignal): Promise<AgentToolResult> {
    if (!this.#order.tools.some((tool) => tool.name === name)) {
      const known = this.#order.tools.map((tool) => tool.name).join(", ");
      const message = `There is no tool ${JSON.stringify(name.slice(0, 80))}. There are: ${known}.`;
      return failed("unknown-tool", message);
    }
    const refusal = this.#allowance.refusal(input);
    if (refusal !== null) return refusal;
    const redacted = this.#order.redact?.(input) ?? input;
    this.#allowance.begin();
    try {
      return await this.#perform({ name, input: redacted }, signal);
    } finally {
      this.#allowance.end();
    }
  }

  async #perform(asked: Omit<ToolCall, "callId">, signal: AbortSignal): Promise<AgentToolResult> {
    const content = JSON.stringify(asked);
    const callId = this.#again.get(content) ?? this.#nextId();
    this.#again.delete(content);
    let result: AgentToolResult;
    try {
      result = await this.#order.perform({ callId, ...asked }, signal);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      result = failed("tool-failed", message, !signal.aborted);
    }
    const mayPass = result.kind === "failed" && result.retryable;
    if (mayPass || signal.aborted) this.#remember(content, callId);
    return result.kind === "ok" ? this.#allowance.checkOutput(result) : result;
  }

  #remember(content: string, callId: string): void {
    this.#again.set(content, callId);
    const [oldest] = this.#again.keys();
    if (this.#again.size > maxRemembered && oldest !== undefined) this.#again.delete(oldest);
  }

  #nextId(): string {
    this.#lastId += 1;
    return `call-${this.#lastId}`;
  }
}

function failed(code: string, message: string, retryable = false): AgentToolResult {
  return { kind: "failed", code, message, retryable };
}
