import { longestWaitMs, rateLimit, retryAfterMs, serverNow } from "@signalbox/http-tracker";
import type { FailedReply, RateLimit, ReplyHeaders } from "@signalbox/http-tracker";

/** GitHub asks for at least a minute after a secondary limit that names no time. */
const secondaryMs = 60_000;
const limitMessage = /rate limit|abuse detection/i;

export interface GithubRateLimit extends RateLimit {
  readonly kind: "primary" | "secondary";
}

/**
 * The limit that a reply with 403 or 429 tells of; `null` where it is about something else. Where GitHub itself does not
 * say so, it may be something on the way to it.
 */
export function rateLimitOf(reply: FailedReply, now: number): GithubRateLimit | null {
  const { status, headers, message } = reply;
  if (status !== 429 && status !== 403) return null;
  const isUsedUp = headers["x-ratelimit-remaining"] === "0";
  const asked = retryAfterMs(headers, now);
  if (status === 403 && !isUsedUp && !limitMessage.test(message) && asked === null) return null;
  const reset = isUsedUp ? resetMs(headers, now) : null;
  const kind = isUsedUp && !/secondary/i.test(message) ? "primary" : "secondary";
  const isGithubs = "x-ratelimit-limit" in headers || limitMessage.test(message);
  const scope = isGithubs ? "account" : "request";
  return { kind, ...rateLimit(asked ?? reset ?? secondaryMs, scope) };
}

/** How long a successful reply asks to wait: it used the last request up. An hour at most; 0 where it does not. */
export function usedUpMs(headers: ReplyHeaders, now: number): number {
  if (headers["x-ratelimit-remaining"] !== "0") return 0;
  return Math.min(Math.max(resetMs(headers, now) ?? 0, 0), longestWaitMs);
}

function resetMs(headers: ReplyHeaders, now: number): number | null {
  const reset = headers["x-ratelimit-reset"];
  if (reset === undefined || !/^\d+$/.test(reset)) return null;
  // A second more: the reset is told in whole seconds.
  return Number(reset) * 1_000 + 1_000 - serverNow(headers, now);
}
