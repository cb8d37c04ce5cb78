import { hash } from "node:crypto";
import type { Issue } from "@signalbox/contracts";

/** Past this, sending everything is as cheap, and one answer stays bounded in the number of changes. */
const maxChanges = 1000;

/** What was delivered under a cursor, small: a digest of each issue. */
export interface Delivered {
  readonly cursor: string;
  readonly digests: ReadonlyMap<string, string>;
}

export function deliveredAs(cursor: string, issues: readonly Issue[]): Delivered {
  return { cursor, digests: new Map(issues.map((issue) => [issue.id, digestOf(issue)])) };
}

/** What changed between two deliveries; `null` where that is too much to be worth a difference. */
export function changesBetween(
  before: Delivered,
  after: Delivered,
  issues: readonly Issue[],
): { readonly issues: readonly Issue[]; readonly removedIds: readonly string[] } | null {
  const changed = issues.filter(({ id }) => before.digests.get(id) !== after.digests.get(id));
  const removedIds = [...before.digests.keys()].filter((id) => !after.digests.has(id));
  return changed.length + removedIds.length > maxChanges ? null : { issues: changed, removedIds };
}

/** Of all but the place in the file: a line that is added above an issue does not change it. */
function digestOf({ nativeRef, ...issue }: Issue): string {
  return hash("md5", JSON.stringify([issue, nativeRef["milestone"] ?? null]), "base64");
}
