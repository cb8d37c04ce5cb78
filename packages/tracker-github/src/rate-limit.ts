const longestMs = 3_600_000;
/** GitHub asks for at least a minute after a secondary limit that names no time. */
const secondaryMs = 60_000;
const limitMessage = /rate limit|abuse detection/i;

export interface RateLimit {
  readonly kind: "primary" | "secondary";
  /** Milliseconds from now, an hour at most. */
  readonly waitMs: number;
  /** What the reply asked for was longer. */
  readonly isClamped: boolean;
  /** GitHub itself says so, and not something on the way to it. */
  readonly isGithubs: boolean;
}

interface LimitedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly message: string;
}

/**
 * The limit that a reply with 403 or 429 tells of; `null` where it is about something else. Instants are compared with
 * the reply's own `Date`, so that a wrong clock here does not matter.
 */
export function rateLimitOf(reply: LimitedReply, now: number): RateLimit | null {
  const { status, headers, message } = reply;
  if (status !== 429 && status !== 403) return null;
  const isUsedUp = headers["x-ratelimit-remaining"] === "0";
  const asked = retryAfterMs(headers, now);
  if (status === 403 && !isUsedUp && !limitMessage.test(message) && asked === null) return null;
  const reset = isUsedUp ? resetMs(headers, now) : null;
  const kind = isUsedUp && !/secondary/i.test(message) ? "primary" : "secondary";
  const waitMs = Math.max(asked ?? reset ?? secondaryMs, 1_000);
  const isGithubs = "x-ratelimit-limit" in headers || limitMessage.test(message);
  return { kind, waitMs: Math.min(waitMs, longestMs), isClamped: waitMs > longestMs, isGithubs };
}

/** How long a successful reply asks to wait: it used the last request up. An hour at most; 0 where it does not. */
export function usedUpMs(
  headers: Readonly<Record<string, string | undefined>>,
  now: number,
): number {
  if (headers["x-ratelimit-remaining"] !== "0") return 0;
  return Math.min(Math.max(resetMs(headers, now) ?? 0, 0), longestMs);
}

/** `Retry-After` in milliseconds from now: seconds, or an HTTP date. `null` where there is none that can be read. */
export function retryAfterMs(
  headers: Readonly<Record<string, string | undefined>>,
  now: number,
): number | null {
  const value = headers["retry-after"]?.trim();
  if (value === undefined || value === "") return null;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(at - serverNow(headers, now), 0);
}

function resetMs(
  headers: Readonly<Record<string, string | undefined>>,
  now: number,
): number | null {
  const reset = headers["x-ratelimit-reset"];
  if (reset === undefined || !/^\d+$/.test(reset)) return null;
  // A second more: the reset is told in whole seconds.
  return Number(reset) * 1_000 + 1_000 - serverNow(headers, now);
}

function serverNow(headers: Readonly<Record<string, string | undefined>>, now: number): number {
  const at = Date.parse(headers["date"] ?? "");
  return Number.isNaN(at) ? now : at;
}
