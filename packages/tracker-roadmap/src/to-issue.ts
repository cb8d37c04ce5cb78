import type { Issue, IssueBlocker } from "@signalbox/contracts";
import type { PlacedFeature } from "./feature.ts";

/** What an issue has from its surroundings. */
export interface IssueFacts {
  readonly place: PlacedFeature;
  readonly id: string;
  readonly identifier: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly blockedBy: readonly IssueBlocker[];
}

/** `null` where the feature's status is unusable. */
export function toIssue(facts: IssueFacts): Issue | null {
  const { place, id, identifier, createdAt, blockedBy } = facts;
  const { feature, file, line } = place;
  const { title, milestone, status } = feature;
  if (status === null) return null;
  return {
    id,
    identifier,
    title,
    description: feature.description,
    state: status.state,
    stateKind: status.kind,
    priority: feature.priority,
    labels: feature.labels,
    blockedBy,
    assignee: feature.assignee,
    branchName: null,
    url: null,
    createdAt,
    updatedAt: feature.updatedAt,
    notDispatchable: feature.notDispatchable,
    nativeRef: { file, line, title, milestone: milestone.name },
  };
}

/** Whether an issue that was made of the same feature at the same position would come out the same from these surroundings. */
export function saysTheSame(issue: Issue, { place, blockedBy }: IssueFacts): boolean {
  return (
    issue.nativeRef["line"] === place.line &&
    issue.nativeRef["file"] === place.file &&
    issue.blockedBy.length === blockedBy.length &&
    issue.blockedBy.every((blocker, index) => blocker === blockedBy[index])
  );
}
