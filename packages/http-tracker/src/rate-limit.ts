/** No limit is waited for longer, whatever a reply says, in milliseconds. */
export const longestWaitMs = 3_600_000;

/** A limit that a reply tells of. */
export interface RateLimit {
  /** Milliseconds from now, a second to an hour. */
  readonly waitMs: number;
  /** What the reply asked for was longer. */
  readonly isClamped: boolean;
  /** What must wait: every request, those to the same place, or the one that was answered and no other. */
  readonly scope: "account" | "place" | "request";
}

export function rateLimit(askedMs: number, scope: RateLimit["scope"]): RateLimit {
  const waitMs = Math.max(askedMs, 1_000);
  return { waitMs: Math.min(waitMs, longestWaitMs), isClamped: waitMs > longestWaitMs, scope };
}
