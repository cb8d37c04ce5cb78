import type { Issue, JsonObject, RetryKind, RunOrder, WorkspaceRef } from "@signalbox/contracts";

/** What a template may use. Every name is always there; what is unknown is `null`. Dates are ISO 8601 text. */
export interface PromptVariables {
  readonly issue: PromptIssue;
  /** `null` on the first run of an issue, else how many runs came before. */
  readonly attempt: number | null;
  readonly retry_kind: RetryKind | null;
  /** What the agent should know from last time: an error, a conflict, check output, a person's answer. */
  readonly feedback: string | null;
  readonly workspace: { readonly path: string; readonly branch: string | null };
  readonly run: { readonly id: string };
}

export interface PromptIssue {
  readonly id: string;
  readonly identifier: string;
  readonly title: string;
  readonly description: string | null;
  readonly state: string;
  readonly state_kind: string | null;
  readonly priority: number | null;
  readonly labels: readonly string[];
  readonly blocked_by: readonly {
    readonly id: string | null;
    readonly identifier: string;
    readonly state: string | null;
    readonly state_kind: string | null;
  }[];
  readonly assignee: string | null;
  readonly branch_name: string | null;
  readonly url: string | null;
  readonly created_at: string | null;
  readonly updated_at: string | null;
  readonly not_dispatchable: string | null;
  readonly native_ref: JsonObject;
}

/** The dotted name of every variable. */
export const promptVariableNames: readonly string[] = [
  "issue.id",
  "issue.identifier",
  "issue.title",
  "issue.description",
  "issue.state",
  "issue.state_kind",
  "issue.priority",
  "issue.labels",
  "issue.blocked_by",
  "issue.assignee",
  "issue.branch_name",
  "issue.url",
  "issue.created_at",
  "issue.updated_at",
  "issue.not_dispatchable",
  "issue.native_ref",
  "attempt",
  "retry_kind",
  "feedback",
  "workspace.path",
  "workspace.branch",
  "run.id",
];

/** The variables of one run. */
export function toPromptVariables(
  order: Pick<RunOrder, "issue" | "attempt" | "retryKind" | "feedback" | "runId">,
  workspace: Pick<WorkspaceRef, "path" | "branch">,
): PromptVariables {
  return {
    issue: toPromptIssue(order.issue),
    attempt: order.attempt,
    retry_kind: order.retryKind,
    feedback: order.feedback,
    workspace: { path: workspace.path, branch: workspace.branch },
    run: { id: order.runId },
  };
}

function toPromptIssue(issue: Issue): PromptIssue {
  return {
    id: issue.id,
    identifier: issue.identifier,
    title: issue.title,
    description: issue.description,
    state: issue.state,
    state_kind: issue.stateKind,
    priority: issue.priority,
    labels: issue.labels,
    blocked_by: issue.blockedBy.map(({ id, identifier, state, stateKind }) => ({
      id,
      identifier,
      state,
      state_kind: stateKind,
    })),
    assignee: issue.assignee,
    branch_name: issue.branchName,
    url: issue.url,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    not_dispatchable: issue.notDispatchable,
    native_ref: issue.nativeRef,
  };
}
