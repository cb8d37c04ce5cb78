import { isDiskFull, SignalboxError, type RunOutcome } from "@signalbox/contracts";
import type { DispatchEffect } from "@signalbox/core";
import type { PerformContext } from "./perform-context.ts";
import { isRetryable } from "../problem.ts";

/** Starts the run. A start that fails is an end: a retry, never a crash. */
export async function startRun(effect: DispatchEffect, context: PerformContext): Promise<void> {
  const { issueId, runId } = effect;
  const issue = context.checked.get(runId);
  context.checked.delete(runId);
  if (issue === undefined) {
    endUnstarted(effect, context, new Error(`run ${runId} has no checked issue`));
    return;
  }
  try {
    await context.runHost.start(
      {
        runId,
        epoch: context.epoch,
        issue,
        attempt: effect.attempt,
        retryKind: effect.retryKind,
        feedback: effect.feedback,
        resumeSessionId: effect.resumeSessionId,
        endsAfter: effect.endsAfter,
        tools: context.toolDesk.offered(),
        config: context.config.current(),
      },
      context.supervisor.observe(issueId, runId, "starting"),
    );
  } catch (error) {
    context.supervisor.forget(runId);
    endUnstarted(effect, context, error);
  }
}

function endUnstarted(effect: DispatchEffect, context: PerformContext, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const isOurEnd = SignalboxError.isInstance(error) && error.code === "host_closed";
  const outcome: RunOutcome = isOurEnd
    ? { kind: "canceled", reason: "shutdown" }
    : isDiskFull(error)
      ? { kind: "failed", code: "setup", retryable: true, message: `The disk is full: ${message}` }
      : { kind: "failed", code: "spawn", retryable: isRetryable(error), message };
  context.post({
    type: "run-ended",
    at: context.clock.now(),
    issueId: effect.issueId,
    runId: effect.runId,
    ending: { outcome, fingerprint: null, turns: 0 },
    usage: null,
  });
}
