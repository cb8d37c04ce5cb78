import type { AgentToolResult, Clock, JsonValue } from "@signalbox/contracts";

export interface CallLimits {
  /** Within any 60 s. */
  readonly perMinute: number;
  readonly perRun: number;
  readonly inFlight: number;
  /** Of the input as JSON. */
  readonly inputBytes: number;
  /** Of the output as JSON. */
  readonly outputBytes: number;
}

export const defaultLimits: CallLimits = {
  perMinute: 60,
  perRun: 1_000,
  inFlight: 4,
  inputBytes: 64 * 1024,
  outputBytes: 256 * 1024,
};

const minuteMs = 60_000;

/** How much an agent may still ask for. */
export class CallAllowance {
  readonly #clock: Clock;
  readonly #limits: CallLimits;
  readonly #recent: number[] = [];
  #made = 0;
  #inFlight = 0;

  constructor(clock: Clock, limits: Partial<CallLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...defaultLimits, ...limits };
  }

  /** Why this call is not made; `null`: it may be. */
  refusal(input: JsonValue): AgentToolResult | null {
    const { inFlight, inputBytes, perMinute, perRun } = this.#limits;
    const bytes = Buffer.byteLength(JSON.stringify(input));
    if (bytes > inputBytes) {
      return refused("input-too-large", `The input has ${bytes} bytes, of at most ${inputBytes}.`);
    }
    if (this.#made >= perRun) {
      return refused("too-many-calls", `This run has made its ${perRun} tool calls.`);
    }
    const now = this.#clock.now();
    while (this.#recent[0] !== undefined && this.#recent[0] <= now - minuteMs) this.#recent.shift();
    if (this.#recent.length >= perMinute) {
      return refused("too-many-calls", `More than ${perMinute} tool calls in a minute.`, true);
    }
    if (this.#inFlight >= inFlight) {
      return refused("too-many-calls", `More than ${inFlight} tool calls at a time.`, true);
    }
    return null;
  }

  /** Counts a call, which is in flight until its `end`. */
  begin(): void {
    this.#made += 1;
    this.#inFlight += 1;
    this.#recent.push(this.#clock.now());
  }

  end(): void {
    this.#inFlight -= 1;
  }

  checkOutput(result: AgentToolResult & { kind: "ok" }): AgentToolResult {
    const { outputBytes } = this.#limits;
    const bytes = Buffer.byteLength(JSON.stringify(result.output));
    if (bytes <= outputBytes) return result;
    return refused("output-too-large", `The answer has ${bytes} bytes, of at most ${outputBytes}.`);
  }
}

function refused(code: string, message: string, retryable = false): AgentToolResult {
  return { kind: "failed", code, message, retryable };
}
