const longestMs = 3_600_000;
/** Where Jira does not say: its bursts are over in seconds, buckets of Data Center are filled by the minute at most. */
const defaultMs = 60_000;

type Headers = Readonly<Record<string, string | undefined>>;

export interface RateLimit {
  /** Milliseconds from now, an hour at most. */
  readonly waitMs: number;
  /** What the reply asked for was longer. */
  readonly isClamped: boolean;
  /**
   * What must wait. Cloud limits bursts by method and endpoint, and writes by issue; what Jira says beside that is of the
   * whole account. Where it says nothing, it may be something on the way to it.
   */
  readonly scope: "account" | "endpoint" | "request";
}

/** The limit that a reply with 429 tells of; `null` where it is about something else. */
export function rateLimitOf(
  { status, headers }: { readonly status: number; readonly headers: Headers },
  now: number,
): RateLimit | null {
  if (status !== 429) return null;
  const waitMs = Math.max(askedMs(headers, now) ?? defaultMs, 1_000);
  return {
    waitMs: Math.min(waitMs, longestMs),
    isClamped: waitMs > longestMs,
    scope: scopeOf(headers["ratelimit-reason"] ?? null, headers),
  };
}

function scopeOf(reason: string | null, headers: Headers): RateLimit["scope"] {
  if (reason === "jira-burst-based") return "endpoint";
  if (reason === "jira-per-issue-on-write") return "request";
  const isJiras = reason !== null || "x-ratelimit-limit" in headers;
  return isJiras ? "account" : "request";
}

/**
 * How long a successful reply asks to wait: it used the last request up. An hour at most; 0 where it does not. Only a
 * Data Center counts by account there, and tells the interval of its bucket; what Cloud tells is of one endpoint.
 */
export function usedUpMs(headers: Headers, now: number): number {
  const interval = headers["x-ratelimit-interval-seconds"];
  if (headers["x-ratelimit-remaining"] !== "0" || interval === undefined) return 0;
  const asked = retryAfterMs(headers, now);
  const wait = asked === null || asked === 0 ? Number(interval) * 1_000 : asked;
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), longestMs) : 0;
}

/** `Retry-After` in milliseconds from now: seconds, or an HTTP date. `null` where there is none that can be read. */
export function retryAfterMs(headers: Headers, now: number): number | null {
  const value = headers["retry-after"]?.trim() ?? "";
  if (value === "") return null;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(at - serverNow(headers, now), 0);
}

function askedMs(headers: Headers, now: number): number | null {
  const after = retryAfterMs(headers, now);
  if (after !== null && after > 0) return after;
  const reset = headers["x-ratelimit-reset"]?.trim() ?? "";
  const at = /^\d{4}-/.test(reset) ? Date.parse(reset) : Number.NaN;
  if (!Number.isNaN(at)) return Math.max(at - serverNow(headers, now), 0);
  const interval = headers["x-ratelimit-interval-seconds"] ?? "";
  return /^\d+$/.test(interval) ? Number(interval) * 1_000 : null;
}

/** Instants are compared with the reply's own `Date`, so that a wrong clock here does not matter. */
function serverNow(headers: Headers, now: number): number {
  const at = Date.parse(headers["date"] ?? "");
  return Number.isNaN(at) ? now : at;
}
