import type { Issue, IssueBlocker } from "@signalbox/contracts";
import type { IssueRecord } from "./issue-record.ts";
import type { IssueState } from "./states.ts";

export interface IssueParts {
  readonly record: IssueRecord;
  readonly state: IssueState;
  readonly blockedBy: readonly IssueBlocker[];
  readonly priority: number | null;
  readonly notDispatchable: string | null;
  /** The label that tells of the run and not of the issue. */
  readonly claimLabel: string | null;
  /** Where people see Jira. */
  readonly site: string;
}

/** An issue of the port. Its id stays when it gets another key. */
export function toIssue(parts: IssueParts): Issue {
  const { record, state, claimLabel, site } = parts;
  const labels = record.labels.map((label) => label.toLowerCase());
  const own = claimLabel?.toLowerCase();
  return {
    id: record.id,
    identifier: record.key,
    title: record.summary,
    description: record.description,
    state: state.name,
    stateKind: state.kind,
    priority: parts.priority,
    labels: [...new Set(labels.filter((label) => label !== own))],
    blockedBy: parts.blockedBy,
    assignee: record.assignee?.displayName ?? null,
    branchName: null,
    url: /^https?:\/\//.test(site) ? `${site}/browse/${encodeURIComponent(record.key)}` : null,
    createdAt: record.created,
    updatedAt: record.updated,
    notDispatchable: parts.notDispatchable,
    nativeRef: {
      id: record.id,
      key: record.key,
      project: record.projectKey,
      type: record.type,
      parent: record.parent,
      creator: record.creator?.id ?? null,
    },
  };
}
