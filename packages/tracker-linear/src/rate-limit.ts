/** No wait is longer, whatever a reply says, milliseconds. */
export const longestWaitMs = 3_600_000;

export interface RateLimit {
  /** Milliseconds from now. */
  readonly waitMs: number;
  /** What is used up, for people. */
  readonly reason: string;
  /** Linear's own budget, and no word of something in between. */
  readonly isBudget: boolean;
}

const budgets = [
  ["requests", "requests"],
  ["complexity", "query complexity"],
  ["endpoint-requests", "requests of this kind"],
] as const;

/**
 * The wait that a reply asks for: `Retry-After`, or the reset of a budget that is used up (epoch milliseconds by
 * Linear's clock, which its `Date` header tells). `null`: nothing is used up. A reset later than an hour from now is
 * taken for an hour, and the reason says so.
 */
export function readRateLimit(headers: Headers, now: number): RateLimit | null {
  const serverNow = serverTime(headers) ?? now;
  const waits: RateLimit[] = [];
  const retryAfter = headers.get("retry-after");
  if (retryAfter !== null) {
    const at = /^\d+(\.\d+)?$/.test(retryAfter.trim())
      ? serverNow + Number(retryAfter) * 1000
      : Date.parse(retryAfter);
    if (Number.isFinite(at)) waits.push(wait(at - serverNow, "Retry-After", false));
  }
  for (const [name, text] of budgets) {
    const remaining = numberIn(headers, `x-ratelimit-${name}-remaining`);
    const reset = numberIn(headers, `x-ratelimit-${name}-reset`);
    if (remaining === null || remaining > 0 || reset === null) continue;
    waits.push(wait(reset - serverNow, `the budget of ${text} is used up`, true));
  }
  return waits.toSorted((one, other) => other.waitMs - one.waitMs)[0] ?? null;
}

/** Linear's clock, epoch milliseconds, whole seconds. */
export function serverTime(headers: Headers): number | null {
  const at = Date.parse(headers.get("date") ?? "");
  return Number.isFinite(at) ? at : null;
}

function wait(milliseconds: number, reason: string, isBudget: boolean): RateLimit {
  if (milliseconds > longestWaitMs) {
    const claimed = `${reason}; its reset lies ${Math.round(milliseconds / 60_000)} minutes ahead, taken for 60`;
    return { waitMs: longestWaitMs, reason: claimed, isBudget };
  }
  return { waitMs: Math.max(1000, Math.ceil(milliseconds)), reason, isBudget };
}

function numberIn(headers: Headers, name: string): number | null {
  const text = headers.get(name);
  const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
