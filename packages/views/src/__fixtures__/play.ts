import type { Issue, WorkspaceRef } from "@signalbox/contracts";
import {
  applyEvent,
  createEmptyState,
  defaultPolicy,
  type DecidedEvent,
  type OrchestratorEvent,
  type OrchestratorState,
  type Policy,
} from "@signalbox/core";

export const start: number = Date.UTC(2026, 0, 1);

const policy: Policy = {
  ...defaultPolicy,
  activeStates: ["planned", "in-progress"],
  terminalStates: ["done"],
  states: { succeeded: "done" },
  maxConcurrentAgents: 2,
};

export function issue(identifier: string, changes: Partial<Issue> = {}): Issue {
  return {
    id: `id-${identifier}`,
    identifier,
    title: `The title of ${identifier}`,
    description: null,
    state: "planned",
    stateKind: "unstarted",
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
    ...changes,
  };
}

export interface Play {
  readonly state: OrchestratorState;
  readonly decided: readonly DecidedEvent[];
}

/** What a daemon's state and facts are after these events. */
export function play(...events: readonly OrchestratorEvent[]): Play {
  const decided: DecidedEvent[] = [];
  let state = createEmptyState(policy);
  for (const event of [{ type: "daemon-started", at: start, epoch: 1, policy } as const, ...events]) {
    const next = applyEvent(state, event);
    decided.push(...next.decided);
    ({ state } = next);
  }
  return { state, decided };
}

export function observed(...issues: readonly Issue[]): OrchestratorEvent {
  return { type: "issues-observed", at: start, scope: "full", issues, removedIds: [] };
}

/** The re-read before a dispatch agrees: the run begins. */
export function confirmed(runId: string, subject: Issue, at: number): OrchestratorEvent {
  return { type: "issue-checked", at, issueId: subject.id, runId, issue: subject };
}

/** The run's workspace is ready; its content is `digest`. */
export function prepared(runId: string, subject: Issue, at: number): OrchestratorEvent {
  return {
    type: "workspace-prepared",
    at,
    issueId: subject.id,
    runId,
    workspace: workspaceOf(subject),
    fingerprint: { digest: "before", head: "a", commitsAhead: 0, dirty: false },
  };
}

/** The run succeeds, with a commit. */
export function succeeded(runId: string, subject: Issue, at: number): OrchestratorEvent {
  return {
    type: "run-ended",
    at,
    issueId: subject.id,
    runId,
    ending: {
      outcome: { kind: "succeeded" },
      fingerprint: { digest: "after", head: "b", commitsAhead: 1, dirty: false },
      turns: 1,
    },
    usage: null,
  };
}

export function failed(runId: string, subject: Issue, at: number): OrchestratorEvent {
  return {
    type: "run-ended",
    at,
    issueId: subject.id,
    runId,
    ending: {
      outcome: { kind: "failed", code: "agent-exit", retryable: true, message: "exit code 1" },
      fingerprint: null,
      turns: 1,
    },
    usage: null,
  };
}

function workspaceOf(subject: Issue): WorkspaceRef {
  return {
    issueId: subject.id,
    identifier: subject.identifier,
    key: subject.identifier,
    path: `/workspaces/${subject.identifier}`,
    branch: `signalbox/${subject.identifier}`,
    baseCommit: "a",
  };
}
