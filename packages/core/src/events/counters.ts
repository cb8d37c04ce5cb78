import type { Execution } from "../execution.ts";
import { executionOf } from "../evolve/execution-of.ts";
import type { Decision } from "./decision.ts";

type Counters = Pick<Execution, "failures" | "continuations" | "noProgress" | "losses">;

/** Sets the counters that are named and leaves the others; no fact where nothing changes. */
export function setCounters(decision: Decision, issueId: string, change: Partial<Counters>): void {
  const { failures, continuations, noProgress, losses } = executionOf(decision.draft, issueId);
  const before: Counters = { failures, continuations, noProgress, losses };
  const after: Counters = { ...before, ...change };
  const isChanged =
    after.failures !== failures ||
    after.continuations !== continuations ||
    after.noProgress !== noProgress ||
    after.losses !== losses;
  if (isChanged) decision.emit({ type: "counters-set", issueId, ...after });
}
