import type { FactOf } from "../decided-event.ts";
import type { Draft } from "./draft.ts";
import { noCounts, updateExecution } from "./execution-of.ts";

/** What is remembered of an issue beyond its claim. */
export function foldRecord(
  draft: Draft,
  fact: FactOf<"counters-set" | "counters-reset" | "workspace-forgotten">,
): void {
  switch (fact.type) {
    case "counters-set": {
      const { failures, continuations, noProgress, losses } = fact;
      return updateExecution(draft, fact.issueId, (execution) => ({
        ...execution,
        failures,
        continuations,
        noProgress,
        losses,
      }));
    }
    case "counters-reset":
      return updateExecution(draft, fact.issueId, (execution) => ({ ...execution, ...noCounts }));
    case "workspace-forgotten":
      draft.workspaces.delete(fact.issueId);
  }
}
