import type { RetryKind } from "@signalbox/contracts";

/**
 * Milliseconds until the next try. `attempt` is 1-based and counts what went before in a row: failures for
 * `failure`, losses for `lost`. `capMs` bounds these two; a continuation always waits one second.
 */
export function calculateRetryDelay(attempt: number, kind: RetryKind, capMs: number): number {
  switch (kind) {
    case "failure":
      return doubling(10_000, attempt, capMs);
    case "lost":
      return doubling(1_000, attempt, capMs);
    case "continuation":
      return 1_000;
    case "resumed":
      return 0;
  }
}

/** `firstMs · 2^(attempt - 1)`, at most `capMs`. */
export function doubling(firstMs: number, attempt: number, capMs: number): number {
  const exponent = Math.min(Math.max(0, attempt - 1), 40);
  return Math.min(firstMs * 2 ** exponent, Math.max(0, capMs));
}
