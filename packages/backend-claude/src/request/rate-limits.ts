/** What the headers of an answer say about the account's limits. */
export interface RateLimits {
  /** 0 to 100, of the limit that is nearest. */
  readonly usedPercent: number | null;
  /** Epoch milliseconds at which that limit is lifted. */
  readonly resetsAt: number | null;
  /** The plan is used up: a short wait does not help. */
  readonly isUsedUp: boolean;
  /** Of `Retry-After`. */
  readonly retryAfterMs: number | null;
}

const kinds = ["requests", "tokens", "input-tokens", "output-tokens"];
const prefix = "anthropic-ratelimit-";

/** @param now epoch milliseconds */
export function rateLimitsOf(headers: Headers, now: number): RateLimits {
  const retryAfterMs = retryAfterOf(headers, now);
  const unified = headers.get(`${prefix}unified-status`);
  if (unified !== null) {
    const claim = headers.get(`${prefix}unified-representative-claim`) ?? "five_hour";
    const period = claim === "five_hour" ? "5h" : "7d";
    const used = numberOf(headers.get(`${prefix}unified-${period}-utilization`));
    const resetsAt = numberOf(headers.get(`${prefix}unified-reset`));
    return {
      usedPercent: used === null ? null : Math.min(100, used * 100),
      resetsAt: resetsAt === null ? null : resetsAt * 1_000,
      isUsedUp: unified === "rejected",
      retryAfterMs,
    };
  }
  const [nearest] = kinds
    .map((kind) => limitOf(headers, kind))
    .filter((limit) => limit !== null)
    .toSorted((a, b) => b.usedPercent - a.usedPercent);
  return {
    usedPercent: nearest?.usedPercent ?? null,
    resetsAt: nearest?.resetsAt ?? null,
    isUsedUp: false,
    retryAfterMs,
  };
}

function limitOf(
  headers: Headers,
  kind: string,
): { readonly usedPercent: number; readonly resetsAt: number | null } | null {
  const limit = numberOf(headers.get(`${prefix}${kind}-limit`));
  const remaining = numberOf(headers.get(`${prefix}${kind}-remaining`));
  if (limit === null || remaining === null || limit <= 0) return null;
  const reset = Date.parse(headers.get(`${prefix}${kind}-reset`) ?? "");
  const usedPercent = Math.min(100, Math.max(0, 100 - (100 * remaining) / limit));
  return { usedPercent, resetsAt: Number.isNaN(reset) ? null : reset };
}

function retryAfterOf(headers: Headers, now: number): number | null {
  const exact = numberOf(headers.get("retry-after-ms"));
  if (exact !== null) return Math.max(0, exact);
  const text = headers.get("retry-after");
  const seconds = numberOf(text);
  if (seconds !== null) return Math.max(0, seconds * 1_000);
  const date = Date.parse(text ?? "");
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function numberOf(text: string | null): number | null {
  if (text === null || text.trim() === "") return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}
