const longestMs = 3_600_000;
/** GitLab counts by the minute where it does not say otherwise. */
const defaultMs = 60_000;
/** Below this a reset is so many seconds from now, as a proxy may write it; GitLab writes Unix time. */
const firstInstant = 1_000_000_000;
const limitMessage = /retry later|requested too many times|rate limit/i;

type Headers = Readonly<Record<string, string | undefined>>;

export interface RateLimit {
  /** Milliseconds from now, an hour at most. */
  readonly waitMs: number;
  /** What the reply asked for was longer. */
  readonly isClamped: boolean;
  /** GitLab itself says so, and not something on the way to it. */
  readonly isGitlabs: boolean;
}

/**
 * The limit that a reply with 429 tells of; `null` where it is about something else. Instants are compared with the
 * reply's own `Date`, so that a wrong clock here does not matter.
 */
export function rateLimitOf(
  reply: { readonly status: number; readonly headers: Headers; readonly message: string },
  now: number,
): RateLimit | null {
  const { status, headers, message } = reply;
  if (status !== 429) return null;
  const asked = retryAfterMs(headers, now) ?? resetMs(headers, now) ?? defaultMs;
  const waitMs = Math.max(asked, 1_000);
  const isGitlabs = "ratelimit-limit" in headers || limitMessage.test(message);
  return { waitMs: Math.min(waitMs, longestMs), isClamped: waitMs > longestMs, isGitlabs };
}

/** How long a successful reply asks to wait: it used the last request up. An hour at most; 0 where it does not. */
export function usedUpMs(headers: Headers, now: number): number {
  if (headers["ratelimit-remaining"] !== "0") return 0;
  return Math.min(Math.max(resetMs(headers, now) ?? 0, 0), longestMs);
}

/** `Retry-After` in milliseconds from now: seconds, or an HTTP date. `null` where there is none that can be read. */
export function retryAfterMs(headers: Headers, now: number): number | null {
  const value = headers["retry-after"]?.trim() ?? "";
  if (value === "") return null;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(at - serverNow(headers, now), 0);
}

function resetMs(headers: Headers, now: number): number | null {
  const reset = headers["ratelimit-reset"] ?? "";
  if (!/^\d+$/.test(reset)) return null;
  const seconds = Number(reset);
  if (seconds < firstInstant) return seconds * 1_000;
  // A second more: the reset is told in whole seconds.
  return seconds * 1_000 + 1_000 - serverNow(headers, now);
}

function serverNow(headers: Headers, now: number): number {
  const at = Date.parse(headers["date"] ?? "");
  return Number.isNaN(at) ? now : at;
}
