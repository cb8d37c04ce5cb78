import type { Execution } from "../execution.ts";
import { executionOf } from "../evolve/execution-of.ts";
import type { Decision } from "./decision.ts";

type Counters = Pick<Execution, "failures" | "continuations" | "noProgress" | "losses">;

/** Sets the counters that are named and leaves the others; no fact where nothing changes. */
export function setCounters(decision: Decision, issueId: string, change: Partial<Counters>): void {
  const before = executionOf(decision.draft, issueId);
  const failures = change.failures ?? before.failures;
  const continuations = change.continuations ?? before.continuations;
  const noProgress = change.noProgress ?? before.noProgress;
  const losses = change.losses ?? before.losses;
  const isChanged =
    failures !== before.failures ||
    continuations !== before.continuations ||
    noProgress !== before.noProgress ||
    losses !== before.losses;
  if (isChanged)
    decision.emit({ type: "counters-set", issueId, failures, continuations, noProgress, losses });
}
