import type { Issue, IssueBlocker } from "@signalbox/contracts";
import * as v from "valibot";
import type { IssueNode } from "./issue-node.ts";
import { stateKindOf } from "./state-kind.ts";

const labelSchema = v.object({ name: v.string() });

/** The issue with all its labels and blockers, however many pages they had. */
export function toIssue(
  node: IssueNode,
  labels: readonly unknown[],
  blockedBy: readonly IssueBlocker[],
): Issue {
  const { state, team, project, assignee, delegate } = node;
  return {
    id: node.id,
    identifier: node.identifier,
    title: node.title,
    description: node.description,
    state: state.name,
    stateKind: stateKindOf(state.type),
    priority: priorityOf(node.priority),
    labels: labelsOf(labels),
    blockedBy,
    assignee: assignee?.displayName ?? assignee?.email ?? null,
    branchName: node.branchName,
    url: node.url,
    createdAt: node.createdAt,
    updatedAt: node.updatedAt,
    notDispatchable: null,
    nativeRef: {
      id: node.id,
      stateId: state.id,
      teamId: team?.id ?? null,
      teamKey: team?.key ?? null,
      projectId: project?.id ?? null,
      assigneeId: assignee?.id ?? null,
      delegateId: delegate?.id ?? null,
      delegate: delegate?.displayName ?? null,
    },
  };
}

/** Linear's 1 (urgent) to 4 (low) are ours; its 0 means none. */
function priorityOf(priority: number | null): number | null {
  return priority !== null && [1, 2, 3, 4].includes(priority) ? priority : null;
}

function labelsOf(records: readonly unknown[]): readonly string[] {
  const names = records.flatMap((record) => {
    const label = v.safeParse(labelSchema, record);
    return label.success ? label.output.name.trim().toLowerCase() : [];
  });
  return [...new Set(names)].filter((label) => label !== "");
}
