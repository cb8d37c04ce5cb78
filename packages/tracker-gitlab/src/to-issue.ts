import type { Issue, IssueBlocker } from "@signalbox/contracts";
import type { IssueRecord } from "./issue-record.ts";
import type { IssueState } from "./states.ts";

export interface IssueParts {
  readonly record: IssueRecord;
  readonly state: IssueState;
  readonly blockedBy: readonly IssueBlocker[];
  readonly priority: number | null;
  readonly notDispatchable: string | null;
  /** Labels of ours, which tell of the run and not of the issue. */
  readonly isOwnLabel: (label: string) => boolean;
}

/** An issue of the port. Its id is its number in the project, which is never given again. */
export function toIssue(parts: IssueParts): Issue {
  const { record, state } = parts;
  const labels = record.labels.filter((label) => !parts.isOwnLabel(label));
  return {
    id: String(record.iid),
    identifier: `#${record.iid}`,
    title: record.title,
    description: record.description === "" ? null : record.description,
    state: state.name,
    stateKind: state.kind,
    priority: parts.priority,
    labels: [...new Set(labels.map((label) => label.toLowerCase()))],
    blockedBy: parts.blockedBy,
    assignee: record.assignees[0]?.username ?? null,
    branchName: null,
    url: record.web_url,
    createdAt: record.created_at,
    updatedAt: record.updated_at,
    notDispatchable: parts.notDispatchable,
    nativeRef: {
      iid: record.iid,
      id: record.id,
      project_id: record.project_id,
      author: record.author?.username ?? null,
    },
  };
}
