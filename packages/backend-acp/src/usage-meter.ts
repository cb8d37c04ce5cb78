import type { AgentUsage } from "@signalbox/contracts";
import * as v from "valibot";

type Counts = Omit<AgentUsage, "pool">;

const count = v.fallback(v.pipe(v.number(), v.integer(), v.minValue(0)), 0);
/** The field that ACP proposes. Of a turn. */
const proposed = v.object({
  usage: v.object({
    inputTokens: count,
    outputTokens: count,
    cachedReadTokens: count,
    cachedWriteTokens: count,
  }),
});
/** Gemini CLI has a place of its own for it. */
const ofGemini = v.object({
  _meta: v.object({
    quota: v.object({ token_count: v.object({ input_tokens: count, output_tokens: count }) }),
  }),
});

const nothing: Counts = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: null,
};

/** Counts what a session has used since it was started here. */
export class UsageMeter {
  /** What a resumed conversation has cost before is not known, and an agent's figure may have it in. */
  readonly #hasPast: boolean;
  #sum = nothing;

  constructor(hasPast: boolean) {
    this.#hasPast = hasPast;
  }

  /** Takes the answer to a prompt; `null` where it says nothing of its usage. */
  takeAnswer(answer: unknown): Counts | null {
    const turn = countsOf(answer);
    if (turn === null) return null;
    this.#sum = {
      inputTokens: this.#sum.inputTokens + turn.inputTokens,
      outputTokens: this.#sum.outputTokens + turn.outputTokens,
      cacheReadTokens: this.#sum.cacheReadTokens + turn.cacheReadTokens,
      cacheWriteTokens: this.#sum.cacheWriteTokens + turn.cacheWriteTokens,
      costUsd: this.#sum.costUsd,
    };
    return this.#sum;
  }

  /** Takes what the whole conversation has cost so far; `null` where that says nothing new. */
  takeCost(cost: { readonly amount: number; readonly currency: string } | null): Counts | null {
    if (cost === null || cost.currency !== "USD" || this.#hasPast) return null;
    const costUsd = Math.max(this.#sum.costUsd ?? 0, cost.amount);
    if (costUsd === this.#sum.costUsd) return null;
    this.#sum = { ...this.#sum, costUsd };
    return this.#sum;
  }
}

function countsOf(answer: unknown): Counts | null {
  if (v.is(proposed, answer)) {
    const { usage } = v.parse(proposed, answer);
    return {
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      cacheReadTokens: usage.cachedReadTokens,
      cacheWriteTokens: usage.cachedWriteTokens,
      costUsd: null,
    };
  }
  const gemini = v.safeParse(ofGemini, answer);
  if (!gemini.success) return null;
  const { _meta: meta } = gemini.output;
  const tokens = meta.quota.token_count;
  return { ...nothing, inputTokens: tokens.input_tokens, outputTokens: tokens.output_tokens };
}
