import type { EventOf } from "../event.ts";
import type { Decision } from "./decision.ts";
import { forgetIssue } from "./claim-moves.ts";
import { observeGone, observeIssue } from "./observe-issue.ts";

export function onIssuesObserved(decision: Decision, event: EventOf<"issues-observed">): void {
  for (const issue of event.issues) {
    if (!isOutdated(decision, issue.id, event.readAt)) observeIssue(decision, issue);
  }
  for (const issueId of event.removedIds) observeGone(decision, issueId);
  if (event.scope === "changes") return;
  const listed = new Set(event.issues.map((issue) => issue.id));
  const missing = [...decision.draft.issues.keys()].filter((issueId) => !listed.has(issueId));
  for (const issueId of missing) {
    if (isOutdated(decision, issueId, event.readAt)) continue;
    if (event.scope === "full") observeGone(decision, issueId);
    else if (!decision.draft.claims.has(issueId)) forgetIssue(decision, issueId, "unlisted");
  }
}

export function onIssuesRefreshed(decision: Decision, event: EventOf<"issues-refreshed">): void {
  for (const issue of event.issues) {
    if (!isOutdated(decision, issue.id, event.readAt)) observeIssue(decision, issue);
  }
  const answered = new Set(event.issues.map((issue) => issue.id));
  for (const issueId of event.requestedIds) {
    if (!answered.has(issueId)) observeGone(decision, issueId);
  }
}

/** An answer that was read before our last write does not know of it. */
function isOutdated(decision: Decision, issueId: string, readAt: number | undefined): boolean {
  if (readAt === undefined) return false;
  const writtenAt = decision.draft.executions.get(issueId)?.writtenAt ?? null;
  return writtenAt !== null && readAt <= writtenAt && writtenAt <= decision.at;
}
