import type { Issue } from "@signalbox/contracts";
import type { Backlog } from "./backlog.ts";

/** Past this, sending everything is as cheap, and the answer stays bounded in the number of changes. */
const maxChanges = 1000;

/** What changed since a reading; `null` where that is too much to be worth a difference. */
export function changesSince(
  before: Backlog,
  after: Backlog,
): { readonly issues: readonly Issue[]; readonly removedIds: readonly string[] } | null {
  const issues = [...after.issues.values()].filter((issue) => {
    const known = before.issues.get(issue.id);
    return known === undefined || JSON.stringify(known) !== JSON.stringify(issue);
  });
  // What cannot be read is not gone.
  const removedIds = [...before.issues.keys()].filter(
    (id) => !after.issues.has(id) && !after.unreadable.has(id),
  );
  return issues.length + removedIds.length > maxChanges ? null : { issues, removedIds };
}
