import { parseInstant } from "../issue/instant.ts";
import { compareText } from "../ordered-map.ts";

/** What the dispatch order looks at; an `Issue` and an `IssueSummary` are both such. */
export interface RankedIssue {
  readonly id: string;
  readonly identifier: string;
  readonly priority: number | null;
  /** RFC 3339 or epoch milliseconds. */
  readonly createdAt: string | number | null;
}

/** A copy in dispatch order: priority 1 to 4, all others after; then the oldest; then by identifier. */
export function sortCandidates<T extends RankedIssue>(issues: readonly T[]): T[] {
  return issues
    .map((issue) => {
      const { id, identifier, priority } = issue;
      return { id, identifier, priority, createdAt: instantOf(issue.createdAt), issue };
    })
    .toSorted(compareRank)
    .map((ranked) => ranked.issue);
}

/** The first `availableSlots` of a ranked list. */
export function selectCandidates<T>(ranked: readonly T[], availableSlots: number): T[] {
  return ranked.slice(0, Math.max(0, Math.floor(availableSlots)));
}

/** A total order: the id decides where all else is equal. */
export function compareRank(a: RankedIssue, b: RankedIssue): number {
  const byPriority = priorityRank(a.priority) - priorityRank(b.priority);
  if (byPriority !== 0) return byPriority;
  const bornA = instantOf(a.createdAt);
  const bornB = instantOf(b.createdAt);
  if (bornA !== bornB) return bornA < bornB ? -1 : 1;
  return compareText(a.identifier, b.identifier) || compareText(a.id, b.id);
}

function priorityRank(priority: number | null): number {
  return priority === 1 || priority === 2 || priority === 3 || priority === 4 ? priority : 5;
}

function instantOf(createdAt: string | number | null): number {
  if (typeof createdAt === "number") return createdAt;
  return (createdAt === null ? null : parseInstant(createdAt)) ?? Number.POSITIVE_INFINITY;
}
