import { explainEligibility, type OrchestratorState, type ReasonCode } from "@signalbox/core";

/** How many issues wait, and for what. */
export interface Waiting {
  /** Issues in an active state that nobody works on, as far as they were looked at. */
  readonly issues: number;
  /** How many of them each reason holds back, the most frequent first. One issue may have several reasons. */
  readonly reasons: readonly { readonly code: ReasonCode; readonly issues: number }[];
  /** Issues that were left out, because there are too many to look at each. */
  readonly unseen: number;
}

const maxSeen = 5_000;
/** With one of these, an issue does not wait: it is worked on, was worked on, or is not to be. */
const settled: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "running",
  "parked",
  "delivering",
  "delivered",
  "state-terminal",
  "state-not-active",
]);

/** What keeps issues waiting at `at` (epoch milliseconds); the first 5,000 issues are looked at. */
export function waitingOf(state: OrchestratorState, at: number): Waiting {
  const counts = new Map<ReasonCode, number>();
  let issues = 0;
  let seen = 0;
  for (const issue of state.issues.values()) {
    if (seen === maxSeen) break;
    seen += 1;
    const codes = new Set(explainEligibility(issue, state, at).map(({ code }) => code));
    if ([...codes].some((code) => settled.has(code))) continue;
    issues += 1;
    for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const reasons = [...counts]
    .map(([code, count]) => ({ code, issues: count }))
    .toSorted((a, b) => b.issues - a.issues);
  return { issues, reasons, unseen: state.issues.size - seen };
}
