import { SignalboxError, type Issue } from "@signalbox/contracts";
import type { DispatchEffect } from "@signalbox/core";
import type { PerformContext } from "./perform-context.ts";
import { withTimeLimit } from "../time-limit.ts";

const claimLimitMs = 30_000;

/** Starts the run. A start that fails is an end: a retry, never a crash. */
export async function startRun(effect: DispatchEffect, context: PerformContext): Promise<void> {
  const { issueId, runId } = effect;
  const issue = context.checked.get(runId);
  context.checked.delete(runId);
  if (issue === undefined) {
    endUnstarted(effect, context, new Error(`run ${runId} has no checked issue`));
    return;
  }
  void claimInTracker(issue, runId, context);
  try {
    await context.runHost.start(
      {
        runId,
        issue,
        attempt: effect.attempt,
        retryKind: effect.retryKind,
        feedback: effect.feedback,
        resumeSessionId: effect.resumeSessionId,
        config: context.config.current(),
      },
      context.supervisor.observe(issueId, runId),
    );
  } catch (error) {
    endUnstarted(effect, context, error);
  }
}

function endUnstarted(effect: DispatchEffect, context: PerformContext, error: unknown): void {
  const retryable = SignalboxError.isInstance(error) ? error.retryable : true;
  const message = error instanceof Error ? error.message : String(error);
  context.post({
    type: "run-ended",
    at: context.clock.now(),
    issueId: effect.issueId,
    runId: effect.runId,
    ending: {
      outcome: { kind: "failed", code: "spawn", retryable, message },
      fingerprint: null,
      turns: 0,
    },
    usage: null,
  });
}

/** Advisory: people see who works on it. The journal is the authority, so a failure is only logged. */
async function claimInTracker(issue: Issue, runId: string, context: PerformContext): Promise<void> {
  const { tracker, clock, signal } = context;
  if (tracker.claim === undefined || context.state().policy.writes !== "full") return;
  try {
    await withTimeLimit(clock, claimLimitMs, "claiming the issue", signal, async (inner) =>
      tracker.claim?.(issue.id, { key: runId }, inner),
    );
  } catch (error) {
    context.logger.log("warn", `claiming in the tracker failed: ${String(error)}`, {
      issue_id: issue.id,
      issue_identifier: issue.identifier,
      run_id: runId,
    });
  }
}
