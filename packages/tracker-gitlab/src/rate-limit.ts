import { longestWaitMs, rateLimit, retryAfterMs, serverNow } from "@signalbox/http-tracker";
import type { FailedReply, RateLimit, ReplyHeaders } from "@signalbox/http-tracker";

/** GitLab counts by the minute where it does not say otherwise. */
const defaultMs = 60_000;
/** Below this a reset is so many seconds from now, as a proxy may write it; GitLab writes Unix time. */
const firstInstant = 1_000_000_000;
const limitMessage = /retry later|requested too many times|rate limit/i;

/**
 * The limit that a reply with 429 tells of; `null` where it is about something else. Where GitLab itself does not say so,
 * it may be something on the way to it.
 */
export function rateLimitOf(
  { status, headers, message }: FailedReply,
  now: number,
): RateLimit | null {
  if (status !== 429) return null;
  const isGitlabs = "ratelimit-limit" in headers || limitMessage.test(message);
  const asked = retryAfterMs(headers, now) ?? resetMs(headers, now) ?? defaultMs;
  return rateLimit(asked, isGitlabs ? "account" : "request");
}

/** How long a successful reply asks to wait: it used the last request up. An hour at most; 0 where it does not. */
export function usedUpMs(headers: ReplyHeaders, now: number): number {
  if (headers["ratelimit-remaining"] !== "0") return 0;
  return Math.min(Math.max(resetMs(headers, now) ?? 0, 0), longestWaitMs);
}

function resetMs(headers: ReplyHeaders, now: number): number | null {
  const reset = headers["ratelimit-reset"] ?? "";
  if (!/^\d+$/.test(reset)) return null;
  const seconds = Number(reset);
  if (seconds < firstInstant) return seconds * 1_000;
  // A second more: the reset is told in whole seconds.
  return seconds * 1_000 + 1_000 - serverNow(headers, now);
}
