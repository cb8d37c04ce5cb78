import type { Issue } from "@signalbox/contracts";
import { issueOf } from "./read-roadmap.ts";
import type { Roadmap } from "./read-roadmap.ts";

/** Past this, sending everything is as cheap, and the answer stays bounded in the number of changes. */
const maxChanges = 1000;

/** What was answered under a cursor. */
export interface Delivered {
  readonly cursor: string;
  readonly roadmap: Roadmap;
}

/** What changed since an answer; `null` where that is too much to be worth a difference. */
export function changesSince(
  before: Delivered,
  after: Delivered,
): { readonly issues: readonly Issue[]; readonly removedIds: readonly string[] } | null {
  const issues: Issue[] = [];
  for (const [position, issue] of after.roadmap.issues.entries()) {
    if (issue === null || issue === before.roadmap.issues[position]) continue;
    const known = issueOf(before.roadmap, issue.id);
    if (known === null || !isSameIssue(known, issue)) issues.push(issue);
    if (issues.length > maxChanges) return null;
  }
  const removedIds: string[] = [];
  for (const [position, issue] of before.roadmap.issues.entries()) {
    if (issue === null || issue === after.roadmap.issues[position]) continue;
    if (issueOf(after.roadmap, issue.id) === null) removedIds.push(issue.id);
  }
  return issues.length + removedIds.length > maxChanges ? null : { issues, removedIds };
}

/** A line that is added above an issue moves it and does not change it. */
function isSameIssue(one: Issue, other: Issue): boolean {
  return one === other || essence(one) === essence(other);
}

function essence({ nativeRef, ...issue }: Issue): string {
  return JSON.stringify([issue, nativeRef["milestone"] ?? null]);
}
