import type { AgentUsage } from "@signalbox/contracts";
import type { TokenCounts } from "./app-server-message.ts";

type Counts = Omit<AgentUsage, "pool">;

/** Sub-agents are threads of their own; more than these are not told apart. */
const rememberedThreads = 500;

interface Meter {
  /** What the thread had used before this session. */
  readonly before: TokenCounts;
  readonly total: TokenCounts;
}

/**
 * Counts once what a session has used since it was started here. Codex tells the sum of a thread over all its processes,
 * and tells the old one again when a thread is resumed, under the turn that it belongs to.
 */
export class UsageMeter {
  readonly #ownThread: string;
  readonly #turns = new Set<string>();
  readonly #threads = new Map<string, Meter>();

  constructor(ownThread: string) {
    this.#ownThread = ownThread;
  }

  /** A turn that was begun here. */
  begin(turnId: string): void {
    this.#turns.add(turnId);
  }

  /** `null` where nothing has been used here. */
  take(report: {
    readonly threadId: string;
    readonly turnId: string;
    readonly total: TokenCounts;
    readonly last: TokenCounts;
  }): Counts | null {
    const { threadId, turnId, total, last } = report;
    const known = this.#threads.get(threadId);
    if (threadId === this.#ownThread && !this.#turns.has(turnId)) {
      if (known === undefined) this.#threads.set(threadId, { before: total, total });
      return null;
    }
    if (known === undefined && this.#threads.size >= rememberedThreads) return null;
    const before = known?.before ?? minus(total, last);
    this.#threads.set(threadId, { before, total: atLeast(known?.total ?? before, total) });
    return this.#sum();
  }

  #sum(): Counts {
    const sum = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
    for (const { before, total } of this.#threads.values()) {
      const used = minus(total, before);
      const cached = used.cachedInputTokens + used.cacheWriteInputTokens;
      sum.inputTokens += Math.max(0, used.inputTokens - cached);
      sum.outputTokens += used.outputTokens;
      sum.cacheReadTokens += used.cachedInputTokens;
      sum.cacheWriteTokens += used.cacheWriteInputTokens;
    }
    return { ...sum, costUsd: null };
  }
}

function minus(a: TokenCounts, b: TokenCounts): TokenCounts {
  return combine(a, b, (left, right) => Math.max(0, left - right));
}

/** What has been told may not become less. */
function atLeast(a: TokenCounts, b: TokenCounts): TokenCounts {
  return combine(a, b, Math.max);
}

function combine(
  a: TokenCounts,
  b: TokenCounts,
  join: (left: number, right: number) => number,
): TokenCounts {
  return {
    inputTokens: join(a.inputTokens, b.inputTokens),
    cachedInputTokens: join(a.cachedInputTokens, b.cachedInputTokens),
    cacheWriteInputTokens: join(a.cacheWriteInputTokens, b.cacheWriteInputTokens),
    outputTokens: join(a.outputTokens, b.outputTokens),
  };
}
