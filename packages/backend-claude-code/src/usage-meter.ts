import type { AgentUsage } from "@signalbox/contracts";
import type { AssistantMessage, ModelUsage, ResultMessage } from "./stream-message.ts";

type Counts = Omit<AgentUsage, "pool">;

const nothing: Counts = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: 0,
};

/** Blocks of one answer come close together, also where sub-agents talk in between. */
const rememberedAnswers = 200;

/**
 * Counts once what a session has used since it was started here: earlier runs of a resumed conversation are not in it.
 * While a turn goes on, what the model was given is known; what it has said, and what it costs, comes with the result.
 */
export class UsageMeter {
  /** Of the turns that are over. */
  #settled = nothing;
  /** Of the turn that goes on, as far as it is known. */
  #running = nothing;
  /** What the last result said of the whole conversation. */
  #lastTotals = nothing;
  #hasResult = false;
  readonly #answers = new Set<string>();

  /** Takes one block of an answer; `null` where the answer has been counted. */
  takeAnswer({ id, usage }: AssistantMessage["message"]): Counts | null {
    if (this.#answers.has(id)) return null;
    this.#answers.add(id);
    const [oldest] = this.#answers;
    if (this.#answers.size > rememberedAnswers && oldest !== undefined)
      this.#answers.delete(oldest);
    this.#running = add(this.#running, {
      ...nothing,
      inputTokens: usage.input_tokens,
      cacheReadTokens: usage.cache_read_input_tokens,
      cacheWriteTokens: usage.cache_creation_input_tokens,
    });
    const sum = add(this.#settled, this.#running);
    return this.#hasResult ? sum : { ...sum, costUsd: null };
  }

  /** Takes the end of a turn, which says all of it. */
  takeResult(result: ResultMessage): Counts {
    const totals = countsOf(result.modelUsage);
    const isNew = result.model_usage_since_last_result;
    const turn = isNew === null ? since(this.#lastTotals, totals) : countsOf(isNew);
    this.#lastTotals = totals;
    this.#settled = add(this.#settled, atLeast(this.#running, turn));
    this.#running = nothing;
    this.#hasResult = true;
    return this.#settled;
  }
}

function countsOf(usage: ModelUsage): Counts {
  return Object.values(usage)
    .map((model) => ({
      inputTokens: model.inputTokens,
      outputTokens: model.outputTokens,
      cacheReadTokens: model.cacheReadInputTokens,
      cacheWriteTokens: model.cacheCreationInputTokens,
      // For a model that it does not know, Claude Code takes the prices of another one.
      costUsd: model.costBasis === "unknown" ? null : model.costUSD,
    }))
    .reduce(add, nothing);
}

function add(a: Counts, b: Counts): Counts {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    costUsd: a.costUsd === null || b.costUsd === null ? null : a.costUsd + b.costUsd,
  };
}

/** What has been told may not become less. */
function atLeast(told: Counts, turn: Counts): Counts {
  return {
    ...turn,
    inputTokens: Math.max(told.inputTokens, turn.inputTokens),
    cacheReadTokens: Math.max(told.cacheReadTokens, turn.cacheReadTokens),
    cacheWriteTokens: Math.max(told.cacheWriteTokens, turn.cacheWriteTokens),
  };
}

/** What has been added to `before`. */
function since(before: Counts, after: Counts): Counts {
  const grown = (count: "inputTokens" | "outputTokens" | "cacheReadTokens" | "cacheWriteTokens") =>
    Math.max(0, after[count] - before[count]);
  return {
    inputTokens: grown("inputTokens"),
    outputTokens: grown("outputTokens"),
    cacheReadTokens: grown("cacheReadTokens"),
    cacheWriteTokens: grown("cacheWriteTokens"),
    costUsd:
      after.costUsd === null || before.costUsd === null
        ? null
        : Math.max(0, after.costUsd - before.costUsd),
  };
}
