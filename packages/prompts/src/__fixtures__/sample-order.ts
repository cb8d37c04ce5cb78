import type { Issue, RunOrder } from "@signalbox/contracts";
import type { PromptVariables } from "../prompt-variables.ts";
import { toPromptVariables } from "../prompt-variables.ts";

type Order = Pick<RunOrder, "issue" | "attempt" | "retryKind" | "feedback" | "runId">;

/** An issue with something in every field. */
export const sampleIssue: Issue = {
  id: "id-7",
  identifier: "TIDE-7",
  title: "Predict heights",
  description: "For a station.",
  state: "In Progress",
  stateKind: "started",
  priority: 2,
  labels: ["core", "math"],
  blockedBy: [
    { id: "id-1", identifier: "TIDE-1", state: "Done", stateKind: "completed" },
    { id: null, identifier: "a decision", state: null, stateKind: null },
  ],
  assignee: "example",
  branchName: "tide-7",
  url: "https://tracker.example/TIDE-7",
  createdAt: "2026-05-01T08:00:00.000Z",
  updatedAt: "2026-05-02T08:00:00+02:00",
  notDispatchable: null,
  nativeRef: { number: 7 },
};

export function variables(
  order: Partial<Order> = {},
  issue: Partial<Issue> = {},
  branch: string | null = "signalbox/tide-7",
): PromptVariables {
  return toPromptVariables(
    {
      runId: "run-3",
      issue: { ...sampleIssue, ...issue },
      attempt: null,
      retryKind: null,
      feedback: null,
      ...order,
    },
    { path: "/workspaces/tide-7", branch },
  );
}
