import type { Issue, RunOutcome, WorkspaceFingerprint, WorkspaceRef } from "@signalbox/contracts";
import {
  type DecidedEvent,
  type DecidedEventType,
  type OrchestratorEvent,
  type OrchestratorState,
  type Policy,
  type Reason,
  type RunningClaim,
  type SideEffect,
  applyEvent,
  createEmptyState,
  defaultPolicy,
  explainEligibility,
} from "../index.ts";

export const start = 1_900_000_000_000;

/** An input without its time: the line knows what time it is. */
export type Input = OrchestratorEvent extends infer Event
  ? Event extends OrchestratorEvent
    ? Omit<Event, "at">
    : never
  : never;

export const testPolicy: Policy = {
  ...defaultPolicy,
  activeStates: ["todo", "doing"],
  terminalStates: ["done"],
  writes: "off",
};

export function issue(id: string, change: Partial<Issue> = {}): Issue {
  return {
    id,
    identifier: id.toUpperCase(),
    title: `Title of ${id}`,
    description: null,
    state: "todo",
    stateKind: "unstarted",
    priority: null,
    labels: [],
    blockedBy: [],
    assignee: null,
    branchName: null,
    url: null,
    createdAt: "2030-01-01T00:00:00Z",
    updatedAt: null,
    notDispatchable: null,
    nativeRef: {},
    ...change,
  };
}

export function workspaceOf(id: string): WorkspaceRef {
  return {
    issueId: id,
    identifier: id.toUpperCase(),
    key: id,
    path: `/workspaces/${id}`,
    branch: `signalbox/${id}`,
    baseCommit: "base",
  };
}

export function fingerprint(digest: string, commitsAhead = 0): WorkspaceFingerprint {
  return { digest, head: "head", commitsAhead, dirty: false };
}

export const succeeded: RunOutcome = { kind: "succeeded" };

export function failed(message = "it broke", retryable = true): RunOutcome {
  return { kind: "failed", code: "agent-exit", retryable, message };
}

/** A state machine under test, with a clock, and a tracker that answers as the test says. */
export class Line {
  state: OrchestratorState;
  at = start;
  decided: readonly DecidedEvent[] = [];
  effects: readonly SideEffect[] = [];
  readonly tracker = new Map<string, Issue>();

  constructor(policy: Partial<Policy> = {}) {
    this.state = createEmptyState({ ...testPolicy, ...policy });
  }

  send(input: Input): this {
    const transition = applyEvent(this.state, { at: this.at, ...input });
    this.state = transition.state;
    this.decided = transition.decided;
    this.effects = transition.effects;
    return this;
  }

  /** Time goes on, and what is due happens. */
  passes(ms: number): this {
    this.at += ms;
    return this.send({ type: "time-passed" });
  }

  /** A poll lists these, as they are from now on. */
  sees(...issues: readonly Issue[]): this {
    for (const seen of issues) this.tracker.set(seen.id, seen);
    return this.send({ type: "issues-observed", scope: "changes", issues, removedIds: [] });
  }

  changes(id: string, change: Partial<Issue>): this {
    return this.sees({ ...this.listed(id), ...change });
  }

  /** Answers the check of an issue with what the tracker has. */
  checks(id: string, found: Issue | null = this.listed(id)): this {
    const { runId } = this.run(id);
    return this.send({ type: "issue-checked", issueId: id, runId, issue: found });
  }

  prepares(id: string, digest = "before"): this {
    return this.send({
      type: "workspace-prepared",
      issueId: id,
      runId: this.run(id).runId,
      workspace: workspaceOf(id),
      fingerprint: fingerprint(digest),
    });
  }

  opensSession(id: string, sessionId: string): this {
    const { runId } = this.run(id);
    return this.send({ type: "session-started", issueId: id, runId, sessionId });
  }

  /** Seen, checked, prepared: the agent works. */
  starts(...ids: readonly string[]): this {
    this.sees(...ids.map((id) => this.tracker.get(id) ?? issue(id)));
    for (const id of ids) this.checks(id).prepares(id);
    return this;
  }

  ends(
    id: string,
    outcome: RunOutcome,
    found: WorkspaceFingerprint | null = fingerprint("before"),
  ): this {
    return this.send({
      type: "run-ended",
      issueId: id,
      runId: this.run(id).runId,
      ending: { outcome, fingerprint: found, turns: 1 },
      usage: null,
    });
  }

  run(id: string): RunningClaim {
    const claim = this.state.claims.get(id);
    if (claim?.phase !== "running") throw new Error(`${id} is ${claim?.phase ?? "not claimed"}`);
    return claim;
  }

  claim<P extends "running" | "retrying" | "parked" | "delivering">(
    id: string,
    phase: P,
  ): Extract<NonNullable<ReturnType<OrchestratorState["claims"]["get"]>>, { phase: P }> {
    const claim = this.state.claims.get(id);
    if (!isIn(claim, phase)) throw new Error(`${id} is ${claim?.phase ?? "not claimed"}`);
    return claim;
  }

  phase(id: string): string {
    return this.state.claims.get(id)?.phase ?? "none";
  }

  reasons(id: string): readonly Reason[] {
    return explainEligibility(this.listed(id), this.state, this.at);
  }

  codes(id: string): readonly string[] {
    return this.reasons(id).map((reason) => reason.code);
  }

  listed(id: string): Issue {
    const found = this.tracker.get(id);
    if (found === undefined) throw new Error(`The tracker has no ${id}`);
    return found;
  }

  running(): readonly string[] {
    return [...this.state.claims.keys()].filter((id) => this.phase(id) === "running");
  }

  effect<T extends SideEffect["type"]>(type: T): Extract<SideEffect, { type: T }> {
    const found = this.effects.filter((effect) => isEffect(effect, type));
    const [first] = found;
    if (first === undefined || found.length > 1)
      throw new Error(`${found.length} effects ${type} in ${this.effectTypes().join(", ")}`);
    return first;
  }

  effectTypes(): readonly string[] {
    return this.effects.map((effect) => effect.type);
  }

  facts(): readonly DecidedEventType[] {
    return this.decided.map((fact) => fact.type);
  }

  fact<T extends DecidedEventType>(type: T): Extract<DecidedEvent, { type: T }> {
    const found = this.decided.find((fact) => isFact(fact, type));
    if (found === undefined) throw new Error(`No ${type} in ${this.facts().join(", ")}`);
    return found;
  }
}

function isIn<C extends { readonly phase: string }, P extends string>(
  claim: C | undefined,
  phase: P,
): claim is Extract<C, { phase: P }> {
  return claim?.phase === phase;
}

function isEffect<T extends SideEffect["type"]>(
  effect: SideEffect,
  type: T,
): effect is Extract<SideEffect, { type: T }> {
  return effect.type === type;
}

function isFact<T extends DecidedEventType>(
  fact: DecidedEvent,
  type: T,
): fact is Extract<DecidedEvent, { type: T }> {
  return fact.type === type;
}
