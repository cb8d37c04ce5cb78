import { executionOf } from "../evolve/execution-of.ts";
import { calculateRetryDelay } from "../policy/retry.ts";
import { parkIssue, scheduleRetry } from "./claim-moves.ts";
import { setCounters } from "./counters.ts";
import type { Decision } from "./decision.ts";

export interface Continuation {
  readonly runId: string;
  /** Whether the run changed issue or workspace; `given`: it goes on because of something new that it is told. */
  readonly progress: "some" | "none" | "given";
  readonly feedback: string | null;
  readonly resumeSessionId: string | null;
}

/** The same work goes on: at once where there is something new to say, else after a second; within two limits. */
export function continueWork(decision: Decision, issueId: string, work: Continuation): void {
  const { runId, progress, feedback, resumeSessionId } = work;
  const { maxNoProgress, maxContinuations, maxRetryBackoffMs } = decision.draft.policy;
  const before = executionOf(decision.draft, issueId);
  const { continuations, noProgress } = setCounters(decision, issueId, {
    continuations: before.continuations + 1,
    noProgress:
      progress === "none" ? before.noProgress + 1 : progress === "some" ? 0 : before.noProgress,
  });
  const kept = { until: null, feedback, resumeSessionId };
  if (progress === "none" && noProgress >= maxNoProgress) {
    const reason = { kind: "no-progress", continuations: noProgress } as const;
    parkIssue(decision, issueId, runId, { reason, ...kept });
  } else if (continuations >= maxContinuations) {
    const reason = { kind: "continuation-limit", continuations } as const;
    parkIssue(decision, issueId, runId, { reason, ...kept });
  } else {
    const waitMs = calculateRetryDelay(1, "continuation", maxRetryBackoffMs);
    const delayMs = progress === "given" ? 0 : waitMs;
    const next = { kind: "continuation", error: null, feedback, resumeSessionId } as const;
    scheduleRetry(decision, issueId, { ...next, delayMs });
  }
}
