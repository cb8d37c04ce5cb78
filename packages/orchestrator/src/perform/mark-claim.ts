import type { ReleaseClaimEffect, WriteClaimEffect } from "@signalbox/core";
import { isRetryable, retryAfterOf } from "../problem.ts";
import { withTimeLimit } from "../time-limit.ts";
import { logFieldsOf } from "./log-fields.ts";
import type { PerformContext } from "./perform-context.ts";

/** Time enough for a queue of many in a tracker that takes a write a second. */
const markLimitMs = 120_000;

/**
 * Sets or takes away the advisory mark of a claim. Nothing is written for an order that has been superseded while it
 * waited for its turn; what the tracker cannot do is a confirmed nothing.
 */
export async function markClaim(
  { type, issueId, key }: WriteClaimEffect | ReleaseClaimEffect,
  context: PerformContext,
): Promise<void> {
  const { clock, tracker, signal } = context;
  if (signal.aborted || !context.state().orders.has(key)) return;
  const doing = type === "write-claim" ? "claiming the issue" : "releasing the issue";
  try {
    await withTimeLimit(clock, markLimitMs, doing, signal, async (inner) =>
      type === "write-claim"
        ? tracker.claim?.(issueId, { key }, inner)
        : tracker.release?.(issueId, { key }, inner),
    );
    const result = { kind: "confirmed" } as const;
    context.post({ type: "claim-mark-ended", at: clock.now(), issueId, key, result });
  } catch (error) {
    if (signal.aborted) return;
    const what = type === "write-claim" ? "claiming" : "releasing";
    const fields = logFieldsOf(issueId, context.state());
    context.logger.log("warn", `${what} in the tracker failed: ${String(error)}`, fields);
    context.post({
      type: "claim-mark-ended",
      at: clock.now(),
      issueId,
      key,
      result: {
        kind: "failed",
        message: error instanceof Error ? error.message : String(error),
        retryAfterMs: retryAfterOf(error),
        retryable: isRetryable(error),
      },
    });
  }
}
