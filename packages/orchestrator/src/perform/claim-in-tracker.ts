import type { DispatchEffect } from "@signalbox/core";
import { withTimeLimit } from "../time-limit.ts";
import { logFieldsOf } from "./log-fields.ts";
import type { PerformContext } from "./perform-context.ts";

/** A failed one is not made again: time enough for trackers that take a write a second. */
const claimLimitMs = 120_000;

/** Advisory: people see who works on it. The journal is the authority, so a failure is only logged. */
export async function claimInTracker(
  { issueId, runId }: DispatchEffect,
  context: PerformContext,
): Promise<void> {
  const { tracker, clock, signal } = context;
  if (tracker.claim === undefined || context.state().policy.writes !== "full") return;
  try {
    await withTimeLimit(clock, claimLimitMs, "claiming the issue", signal, async (inner) =>
      tracker.claim?.(issueId, { key: runId }, inner),
    );
  } catch (error) {
    const fields = { ...logFieldsOf(issueId, context.state()), run_id: runId };
    context.logger.log("warn", `claiming in the tracker failed: ${String(error)}`, fields);
  }
}
