import type { IssueSummary } from "../issue/issue-summary.ts";
import { isOver } from "../selection/blockers.ts";
import type { Draft } from "./draft.ts";

const nobody: readonly string[] = [];

/** Keeps the way from a blocker to the issues that wait for it. */
export function relinkBlockers(
  draft: Draft,
  issueId: string,
  before: IssueSummary | undefined,
  after: IssueSummary | undefined,
): void {
  if (before?.blockedBy === after?.blockedBy) return;
  const old = blockerIds(before);
  const now = blockerIds(after);
  for (const blockerId of old) {
    if (now.has(blockerId)) continue;
    const rest = dependentsOf(draft, blockerId).filter((id) => id !== issueId);
    draft.indexDraft.setDependents(blockerId, rest);
  }
  for (const blockerId of now) {
    if (!old.has(blockerId))
      draft.indexDraft.setDependents(blockerId, [...dependentsOf(draft, blockerId), issueId]);
  }
}

/** The issues whose standing may turn with this change of their blocker. */
export function affectedDependents(
  draft: Draft,
  issueId: string,
  before: IssueSummary | undefined,
  after: IssueSummary | undefined,
): readonly string[] {
  const dependents = dependentsOf(draft, issueId);
  if (dependents.length === 0) return nobody;
  const isKnown = before !== undefined && after !== undefined;
  return isKnown && isDone(draft, before) === isDone(draft, after) ? nobody : dependents;
}

function isDone({ policy }: Draft, issue: IssueSummary): boolean {
  return isOver(policy, issue.state, issue.stateKind);
}

function dependentsOf(draft: Draft, blockerId: string): readonly string[] {
  return draft.index.dependents.get(blockerId) ?? nobody;
}

function blockerIds(issue: IssueSummary | undefined): ReadonlySet<string> {
  return new Set((issue?.blockedBy ?? []).flatMap((blocker) => blocker.id ?? []));
}
