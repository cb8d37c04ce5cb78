import type { ReleaseClaimEffect } from "@signalbox/core";
import { logFieldsOf } from "./log-fields.ts";
import type { PerformContext } from "./perform-context.ts";
import { withTimeLimit } from "../time-limit.ts";

/** A failed one is not made again: time enough for trackers that take a write a second. */
const releaseLimitMs = 120_000;

/** Withdraws the advisory claim from the tracker. A failure is only logged: the journal has released it already. */
export async function releaseClaim(
  effect: ReleaseClaimEffect,
  context: PerformContext,
): Promise<void> {
  const { tracker, clock, signal, logger } = context;
  if (tracker.release === undefined || context.state().policy.writes !== "full") return;
  const { issueId } = effect;
  try {
    await withTimeLimit(clock, releaseLimitMs, "releasing the issue", signal, async (inner) =>
      tracker.release?.(issueId, { key: `release-${issueId}` }, inner),
    );
  } catch (error) {
    const fields = logFieldsOf(issueId, context.state());
    logger.log("warn", `releasing in the tracker failed: ${String(error)}`, fields);
  }
}
