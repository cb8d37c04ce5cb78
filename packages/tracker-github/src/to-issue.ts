import type { Issue, IssueBlocker } from "@signalbox/contracts";
import type { IssueRecord } from "./issue-record.ts";
import type { IssueState } from "./state-source.ts";

export interface IssueParts {
  readonly record: IssueRecord;
  readonly state: IssueState;
  readonly blockedBy: readonly IssueBlocker[];
  readonly priority: number | null;
  readonly notDispatchable: string | null;
  /** Labels of ours, which tell of the run and not of the issue. */
  readonly isOwnLabel: (label: string) => boolean;
}

/** An issue of the port. Its id is its number: unique in the repository, and never given again. */
export function toIssue(parts: IssueParts): Issue {
  const { record, state } = parts;
  const labels = record.labels.filter((label) => !parts.isOwnLabel(label));
  return {
    id: String(record.number),
    identifier: `#${record.number}`,
    title: record.title,
    description: record.body === "" ? null : record.body,
    state: state.name,
    stateKind: state.kind,
    priority: parts.priority,
    labels: [...new Set(labels.map((label) => label.toLowerCase()))],
    blockedBy: parts.blockedBy,
    assignee: record.assignees[0] ?? null,
    branchName: null,
    url: record.html_url,
    createdAt: record.created_at,
    updatedAt: record.updated_at,
    notDispatchable: parts.notDispatchable,
    nativeRef: {
      number: record.number,
      id: record.id,
      node_id: record.node_id,
      author: record.user?.login ?? null,
      author_association: record.author_association,
    },
  };
}
