import type { Issue, IssueBlocker } from "@signalbox/contracts";
import { parseInstant } from "./instant.ts";
import type { IssueSummary } from "./issue-summary.ts";
import { versionOf } from "./version.ts";

const titleLength = 80;
const noLabels: readonly string[] = [];
const noBlockers: readonly IssueBlocker[] = [];

/** What the state keeps of an issue. Empty lists are shared: most of 100,000 issues have them. */
export function summarizeIssue(issue: Issue): IssueSummary {
  return {
    id: issue.id,
    identifier: issue.identifier,
    title: clipText(issue.title, titleLength),
    state: issue.state,
    stateKind: issue.stateKind,
    priority: issue.priority,
    createdAt: issue.createdAt === null ? null : parseInstant(issue.createdAt),
    labels: issue.labels.length === 0 ? noLabels : issue.labels,
    blockedBy: issue.blockedBy.length === 0 ? noBlockers : issue.blockedBy,
    notDispatchable: issue.notDispatchable,
    version: versionOf(issue),
  };
}

/** Whether nothing that the core looks at differs; a version leaves out what is not the issue's own content. */
export function isSameSummary(a: IssueSummary, b: IssueSummary): boolean {
  return (
    a.version === b.version &&
    a.state === b.state &&
    a.stateKind === b.stateKind &&
    a.identifier === b.identifier &&
    a.priority === b.priority &&
    a.createdAt === b.createdAt &&
    a.notDispatchable === b.notDispatchable &&
    hasSameBlockers(a.blockedBy, b.blockedBy)
  );
}

function hasSameBlockers(a: readonly IssueBlocker[], b: readonly IssueBlocker[]): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.every((blocker, index) => {
      const other = b[index];
      return (
        other !== undefined &&
        other.id === blocker.id &&
        other.identifier === blocker.identifier &&
        other.state === blocker.state &&
        other.stateKind === blocker.stateKind
      );
    })
  );
}

/** At most `length` UTF-16 units, never half a character. */
export function clipText(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
