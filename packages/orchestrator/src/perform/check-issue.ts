import type { CheckIssueEffect } from "@signalbox/core";
import type { PerformContext } from "./perform-context.ts";
import { retryAfterOf } from "../problem.ts";
import { withTimeLimit } from "../time-limit.ts";

const checkLimitMs = 30_000;

/** Reads the issue again right before its run, so that what starts is what the tracker says now. */
export async function checkIssue(effect: CheckIssueEffect, context: PerformContext): Promise<void> {
  const { issueId, runId } = effect;
  const { clock, tracker, signal, supervisor } = context;
  const checking = supervisor.check();
  try {
    const issues = await withTimeLimit(clock, checkLimitMs, "reading the issue", signal, (inner) =>
      tracker.fetchIssuesByIds([issueId], inner),
    );
    const issue = issues.find((candidate) => candidate.id === issueId) ?? null;
    if (issue !== null) context.checked.set(runId, issue);
    context.post({ type: "issue-checked", at: clock.now(), issueId, runId, issue });
    // A run that starts has taken it by then.
    await context.settled();
    context.checked.delete(runId);
  } catch (error) {
    if (signal.aborted) return;
    context.post({
      type: "issue-check-failed",
      at: clock.now(),
      issueId,
      runId,
      message: error instanceof Error ? error.message : String(error),
      retryAfterMs: retryAfterOf(error),
    });
  } finally {
    checking[Symbol.dispose]();
  }
}
