import { nearestName } from "@signalbox/contracts";
import type { IssueSummary, OrchestratorState } from "@signalbox/core";

export type IssueMatch =
  | { readonly kind: "found"; readonly issue: IssueSummary }
  /** Several issues begin with the text. At most ten are given. */
  | { readonly kind: "ambiguous"; readonly candidates: readonly IssueSummary[] }
  /** `similar`: issues that have the text anywhere in identifier or title, or nearly its identifier. At most ten. */
  | { readonly kind: "unknown"; readonly similar: readonly IssueSummary[] };

const maxCandidates = 10;
const maxCompared = 5_000;

/**
 * The issue that a person means: an identifier or id as it is, or the beginning of exactly one identifier. Case and
 * a leading `#` do not matter.
 */
export function findIssue(state: OrchestratorState, text: string): IssueMatch {
  const byId = state.issues.get(text);
  if (byId !== undefined) return { kind: "found", issue: byId };
  const wanted = comparable(text);
  if (wanted === "") return { kind: "unknown", similar: [] };
  const exact: IssueSummary[] = [];
  const beginning: IssueSummary[] = [];
  const similar: IssueSummary[] = [];
  for (const issue of state.issues.values()) {
    const identifier = comparable(issue.identifier);
    if (identifier === wanted) exact.push(issue);
    else if (isBeginning(wanted, identifier)) beginning.push(issue);
    else if (`${identifier} ${comparable(issue.title)}`.includes(wanted)) similar.push(issue);
  }
  const candidates = (exact.length > 0 ? exact : beginning).slice(0, maxCandidates);
  const [first] = candidates;
  if (first === undefined) return { kind: "unknown", similar: similarTo(text, similar, state) };
  return candidates.length === 1
    ? { kind: "found", issue: first }
    : { kind: "ambiguous", candidates };
}

/** A number is not cut in two: SB-1 is no beginning of SB-12. */
function isBeginning(text: string, identifier: string): boolean {
  if (!identifier.startsWith(text)) return false;
  return !(/\d$/.test(text) && /^\d/.test(identifier.slice(text.length)));
}

function similarTo(
  text: string,
  similar: readonly IssueSummary[],
  state: OrchestratorState,
): readonly IssueSummary[] {
  if (similar.length > 0) return similar.slice(0, maxCandidates);
  const issues = [...state.issues.values()].slice(0, maxCompared);
  const near = nearestName(
    text,
    issues.map(({ identifier }) => identifier),
  );
  return issues.filter(({ identifier }) => identifier === near).slice(0, maxCandidates);
}

function comparable(text: string): string {
  return text.trim().toLowerCase().replace(/^#/, "");
}
