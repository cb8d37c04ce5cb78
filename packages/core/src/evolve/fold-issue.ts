import type { FactOf } from "../decided-event.ts";
import type { IssueSummary } from "../issue/issue-summary.ts";
import { withStateOf } from "../issue/version.ts";
import { affectedDependents, relinkBlockers } from "./dependents.ts";
import type { Draft } from "./draft.ts";
import { updateExecution } from "./execution-of.ts";
import { settle, standingOf } from "./standing.ts";

export function foldIssue(draft: Draft, fact: FactOf<"issue-changed" | "issue-forgotten">): void {
  switch (fact.type) {
    case "issue-changed":
      return replaceIssue(draft, fact.issue.id, fact.issue, fact.own ? fact.at : null);
    case "issue-forgotten":
      replaceIssue(draft, fact.issueId, undefined, null);
      if (fact.withExecution) draft.executions.delete(fact.issueId);
  }
}

/** `writtenAt`: when it was we who wrote it; `null` where somebody else did. */
function replaceIssue(
  draft: Draft,
  issueId: string,
  after: IssueSummary | undefined,
  writtenAt: number | null,
): void {
  const before = standingOf(draft, issueId);
  const waiting = affectedDependents(draft, issueId, before.issue, after).map(
    (id) => [id, standingOf(draft, id)] as const,
  );
  if (after === undefined) draft.issues.delete(issueId);
  else draft.issues.set(issueId, after);
  if (after !== undefined && writtenAt !== null) followOwnWrite(draft, after, writtenAt);
  relinkBlockers(draft, issueId, before.issue, after);
  settle(draft, issueId, before, after);
  for (const [id, standing] of waiting) {
    if (id !== issueId) settle(draft, id, standing, standing.issue);
  }
}

/** Our own state change is taken into the version that others' changes are measured against; their edits are not. */
function followOwnWrite(draft: Draft, issue: IssueSummary, at: number): void {
  updateExecution(draft, issue.id, (execution) => ({ ...execution, writtenAt: at }));
  const claim = draft.claims.get(issue.id);
  if (claim?.phase !== "running" && claim?.phase !== "parked") return;
  const issueVersion = withStateOf(claim.issueVersion, issue.version);
  draft.claims.set(issue.id, { ...claim, issueVersion });
}
