import type { Issue } from "@signalbox/contracts";
import { explainEligibility, normalizeState, type OrchestratorState } from "@signalbox/core";
import type { World } from "./world.ts";

const mostNamed = 5;

/**
 * Issues that are claimed and on the move, or, where there are none, that should be. What only a person can
 * release is not among them, nor what waits for another issue.
 */
export function unfinished(world: World): readonly string[] {
  const { tracker, auditor } = world;
  const { claims, delivered, started } = auditor.ledger;
  const left = new Set<string>();
  for (const [issueId, claim] of claims) {
    const issue = tracker.issues.get(issueId);
    const mayBeBlocked = claim.phase === "retrying" && !started.has(issueId);
    if (mayBeBlocked && issue !== undefined && !isUnblocked(issue, world)) continue;
    if (claim.phase !== "parked" || claim.until !== null) left.add(issueId);
  }
  if (left.size > 0) return [...left];
  for (const issue of tracker.issues.values()) {
    if (!claims.has(issue.id) && !delivered.has(issue.id) && isWorkable(issue, world))
      left.add(issue.id);
  }
  return [...left];
}

export function whyUnfinished(
  issueIds: readonly string[],
  orders: readonly string[],
  state: OrchestratorState | null,
): string {
  const named = issueIds.slice(0, mostNamed).map((issueId) => {
    const issue = state?.issues.get(issueId);
    if (state === null || issue === undefined) return `${issueId} (unknown to the daemon)`;
    const reasons = explainEligibility(issue, state, state.at).map((reason) =>
      JSON.stringify(reason),
    );
    return `${issueId} (${reasons.join(", ") || "no reason"})`;
  });
  const open = orders.length === 0 ? "" : `; open orders: ${orders.slice(0, mostNamed).join(", ")}`;
  return `${issueIds.length} issues are not finished: ${named.join("; ")}${open}`;
}

/** By the tracker's own truth. */
function isWorkable(issue: Issue, world: World): boolean {
  const { config } = world;
  const active = new Set(config.activeStates.map(normalizeState));
  const labels = new Set(issue.labels.map(normalizeState));
  return (
    active.has(normalizeState(issue.state)) &&
    issue.notDispatchable === null &&
    config.original.tracker.requiredLabels.every((label) => labels.has(normalizeState(label))) &&
    isUnblocked(issue, world)
  );
}

function isUnblocked({ blockedBy }: Issue, { config, tracker }: World): boolean {
  const { terminalStates } = config.original.tracker;
  const terminal = new Set((terminalStates ?? config.defaults.terminalStates).map(normalizeState));
  return blockedBy.every(({ id }) => {
    const blocker = id === null ? undefined : tracker.issues.get(id);
    return blocker !== undefined && terminal.has(normalizeState(blocker.state));
  });
}
