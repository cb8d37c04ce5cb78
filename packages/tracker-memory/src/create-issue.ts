import type { Issue } from "@signalbox/contracts";
import { kindOf } from "./state-kinds.ts";

/** What an issue needs at least. */
export type NewIssue = Partial<Issue> & Pick<Issue, "identifier">;

/** A complete issue: state `todo`, the identifier as id and title, and nothing else that is not given. */
export function createIssue(issue: NewIssue): Issue {
  const { identifier, state = "todo" } = issue;
  return {
    id: identifier,
    title: identifier,
    description: null,
    state,
    stateKind: kindOf(state),
    priority: null,
    labels: [],
    blockedBy: [],
    assignee: null,
    branchName: null,
    url: null,
    createdAt: null,
    updatedAt: null,
    notDispatchable: null,
    nativeRef: {},
    ...issue,
  };
}
