import type { Issue } from "@signalbox/contracts";

/** Past this, sending everything is as cheap, and the answer stays bounded in the number of changes. */
const maxChanges = 1000;

/** What was answered under a cursor. */
export interface Delivered {
  readonly cursor: string;
  readonly issues: ReadonlyMap<string, Issue>;
}

/** What changed since an answer; `null` where that is too much to be worth a difference. */
export function changesSince(
  before: Delivered,
  after: Delivered,
): { readonly issues: readonly Issue[]; readonly removedIds: readonly string[] } | null {
  const issues: Issue[] = [];
  for (const [id, issue] of after.issues) {
    const known = before.issues.get(id);
    if (known === undefined || !isSameIssue(known, issue)) issues.push(issue);
    if (issues.length > maxChanges) return null;
  }
  const removedIds = [...before.issues.keys()].filter((id) => !after.issues.has(id));
  return issues.length + removedIds.length > maxChanges ? null : { issues, removedIds };
}

/** A line that is added above an issue moves it and does not change it. */
function isSameIssue(one: Issue, other: Issue): boolean {
  return one === other || essence(one) === essence(other);
}

function essence({ nativeRef, ...issue }: Issue): string {
  return JSON.stringify([issue, nativeRef["milestone"] ?? null]);
}
