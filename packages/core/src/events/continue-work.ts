import { executionOf } from "../evolve/execution-of.ts";
import { clipText } from "../issue/summarize-issue.ts";
import { calculateRetryDelay } from "../policy/retry.ts";
import { parkIssue, scheduleRetry } from "./claim-moves.ts";
import { setCounters } from "./counters.ts";
import type { Decision } from "./decision.ts";

const reasonLength = 300;

export interface Continuation {
  readonly runId: string;
  /** Whether the run changed issue or workspace; `given`: it goes on because of something new that it is told. */
  readonly progress: "some" | "none" | "given";
  readonly feedback: string | null;
  readonly resumeSessionId: string | null;
}

/**
 * The same work goes on: at once where there is something new to say, else after a second; within two limits. So many
 * continuations are allowed beyond the first run, and so many runs in a row without progress.
 */
export function continueWork(decision: Decision, issueId: string, work: Continuation): void {
  const { runId, progress, feedback, resumeSessionId } = work;
  const { maxNoProgress, maxContinuations, maxRetryBackoffMs } = decision.draft.policy;
  const before = executionOf(decision.draft, issueId);
  const noProgress =
    progress === "none" ? before.noProgress + 1 : progress === "some" ? 0 : before.noProgress;
  const isStuck = progress === "none" && noProgress >= maxNoProgress;
  const isUsedUp = before.continuations >= maxContinuations;
  const continuations = before.continuations + (isStuck || isUsedUp ? 0 : 1);
  setCounters(decision, issueId, { continuations, noProgress });
  const kept = { until: null, feedback, resumeSessionId };
  if (isStuck) {
    const reason = { kind: "no-progress", continuations: noProgress } as const;
    parkIssue(decision, issueId, runId, { reason, ...kept });
  } else if (isUsedUp) {
    const reason = { kind: "continuation-limit", continuations } as const;
    parkIssue(decision, issueId, runId, { reason, ...kept });
  } else {
    const waitMs = calculateRetryDelay(1, "continuation", maxRetryBackoffMs);
    const delayMs = progress === "given" ? 0 : waitMs;
    const next = { kind: "continuation", feedback, resumeSessionId } as const;
    scheduleRetry(decision, issueId, { ...next, error: reasonIn(feedback), delayMs });
  }
}

/** The beginning of what the agent is told, for the people who watch. */
function reasonIn(feedback: string | null): string | null {
  return feedback === null ? null : clipText(feedback.split("\n", 2).join(" "), reasonLength);
}
