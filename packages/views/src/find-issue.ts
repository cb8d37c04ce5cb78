import type { IssueSummary, OrchestratorState } from "@signalbox/core";

export type IssueMatch =
  | { readonly kind: "found"; readonly issue: IssueSummary }
  /** Several issues begin with the text. At most ten are given. */
  | { readonly kind: "ambiguous"; readonly candidates: readonly IssueSummary[] }
  /** `similar`: issues that have the text anywhere in identifier or title. At most ten are given. */
  | { readonly kind: "unknown"; readonly similar: readonly IssueSummary[] };

const maxCandidates = 10;

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
    else if (identifier.startsWith(wanted)) beginning.push(issue);
    else if (`${identifier} ${comparable(issue.title)}`.includes(wanted)) similar.push(issue);
  }
  const candidates = (exact.length > 0 ? exact : beginning).slice(0, maxCandidates);
  const [first] = candidates;
  if (first === undefined) return { kind: "unknown", similar: similar.slice(0, maxCandidates) };
  return candidates.length === 1
    ? { kind: "found", issue: first }
    : { kind: "ambiguous", candidates };
}

function comparable(text: string): string {
  return text.trim().toLowerCase().replace(/^#/, "");
}
