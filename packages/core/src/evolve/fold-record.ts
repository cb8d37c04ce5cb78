import type { FactOf } from "../decided-event.ts";
import type { Draft } from "./draft.ts";
import { noCounts, updateExecution } from "./execution-of.ts";

/** Trackers tell of an order again, but not of all there ever were. */
const keptSignals = 16;

/** What is remembered of an issue beyond its claim. */
export function foldRecord(
  draft: Draft,
  fact: FactOf<"counters-set" | "counters-reset" | "signal-heeded" | "workspace-forgotten">,
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
    case "signal-heeded": {
      const { key } = fact;
      return updateExecution(draft, fact.issueId, ({ heededSignals = [], ...execution }) => ({
        ...execution,
        heededSignals: [...heededSignals, key].slice(-keptSignals),
      }));
    }
    case "counters-reset":
      return updateExecution(draft, fact.issueId, (execution) => ({ ...execution, ...noCounts }));
    case "workspace-forgotten":
      draft.workspaces.delete(fact.issueId);
  }
}
