import type { Issue, IssueBlocker, StateKind } from "@signalbox/contracts";
import * as v from "valibot";
import { lenient, name } from "./issue-node.ts";
import type { IssueNode } from "./issue-node.ts";

const labelSchema = v.object({ id: lenient(name), name: v.string() });

const relationSchema = v.object({
  type: v.string(),
  issue: lenient(
    v.object({
      id: name,
      identifier: name,
      state: lenient(v.object({ name, type: lenient(name) })),
    }),
  ),
});

/** The issue with all its labels and relations, however many pages they had. */
export function toIssue(
  node: IssueNode,
  labels: readonly unknown[],
  relations: readonly unknown[],
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
    blockedBy: blockersOf(relations),
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

/** By the type of the workflow state; `null` for a type that is not known yet. */
export function stateKindOf(type: string | null): StateKind | null {
  switch (type) {
    case "triage":
    case "backlog":
    case "unstarted":
      return "unstarted";
    case "started":
    case "completed":
    case "canceled":
      return type;
    case "duplicate":
      return "canceled";
    case null:
    default:
      return null;
  }
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

/** Relations of type `blocks` that point here. A blocker that the token may not see is unknown, which blocks. */
function blockersOf(records: readonly unknown[]): readonly IssueBlocker[] {
  const blockers = new Map<string, IssueBlocker>();
  for (const record of records) {
    const relation = v.safeParse(relationSchema, record);
    if (!relation.success || relation.output.type !== "blocks") continue;
    const { issue } = relation.output;
    const state = issue?.state ?? null;
    blockers.set(issue?.id ?? "", {
      id: issue?.id ?? null,
      identifier: issue?.identifier ?? "an issue that the token may not see",
      state: state?.name ?? null,
      stateKind: stateKindOf(state?.type ?? null),
    });
  }
  return [...blockers.values()];
}
