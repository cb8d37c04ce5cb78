import { longestWaitMs, rateLimit, retryAfterMs, serverNow } from "@signalbox/http-tracker";
import type { FailedReply, RateLimit, ReplyHeaders } from "@signalbox/http-tracker";

/** Where Jira does not say: its bursts are over in seconds, buckets of Data Center are filled by the minute at most. */
const defaultMs = 60_000;

/** The limit that a reply with 429 tells of; `null` where it is about something else. */
export function rateLimitOf({ status, headers }: FailedReply, now: number): RateLimit | null {
  if (status !== 429) return null;
  const scope = scopeOf(headers["ratelimit-reason"] ?? null, headers);
  return rateLimit(askedMs(headers, now) ?? defaultMs, scope);
}

/**
 * Cloud limits bursts by method and endpoint, and writes by issue; what Jira says beside that is of the whole account.
 * Where it says nothing, it may be something on the way to it.
 */
function scopeOf(reason: string | null, headers: ReplyHeaders): RateLimit["scope"] {
  if (reason === "jira-burst-based") return "place";
  if (reason === "jira-per-issue-on-write") return "request";
  const isJiras = reason !== null || "x-ratelimit-limit" in headers;
  return isJiras ? "account" : "request";
}

/**
 * How long a successful reply asks to wait: it used the last request up. An hour at most; 0 where it does not. Only a
 * Data Center counts by account there, and tells the interval of its bucket; what Cloud tells is of one endpoint.
 */
export function usedUpMs(headers: ReplyHeaders, now: number): number {
  const interval = headers["x-ratelimit-interval-seconds"];
  if (headers["x-ratelimit-remaining"] !== "0" || interval === undefined) return 0;
  const asked = retryAfterMs(headers, now);
  const wait = asked === null || asked === 0 ? Number(interval) * 1_000 : asked;
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), longestWaitMs) : 0;
}

function askedMs(headers: ReplyHeaders, now: number): number | null {
  const after = retryAfterMs(headers, now);
  if (after !== null && after > 0) return after;
  const reset = headers["x-ratelimit-reset"]?.trim() ?? "";
  const at = /^\d{4}-/.test(reset) ? Date.parse(reset) : Number.NaN;
  if (!Number.isNaN(at)) return Math.max(at - serverNow(headers, now), 0);
  const interval = headers["x-ratelimit-interval-seconds"] ?? "";
  return /^\d+$/.test(interval) ? Number(interval) * 1_000 : null;
}
