import type { WorkspaceRef } from "@signalbox/contracts";
import type { Claim } from "./claim.ts";
import type { Execution } from "./execution.ts";
import type { Gate, GateName } from "./gate.ts";
import type { IssueSummary } from "./issue/issue-summary.ts";
import type { Order } from "./order.ts";
import type { OrderedMap } from "./ordered-map.ts";
import type { Policy } from "./policy/policy.ts";

/**
 * The whole state of an orchestrator, never changed in place: every event gives a new one that shares what did not
 * change. Maps are keyed by issue id where nothing else is said.
 */
export interface OrchestratorState {
  /** Time of the last decided event. */
  readonly at: number;
  readonly epoch: number;
  readonly policy: Policy;
  readonly gates: Readonly<Partial<Record<GateName, Gate>>>;
  readonly issues: OrderedMap<string, IssueSummary>;
  readonly claims: OrderedMap<string, Claim>;
  readonly executions: OrderedMap<string, Execution>;
  readonly workspaces: OrderedMap<string, WorkspaceRef>;
  /** By key. */
  readonly orders: OrderedMap<string, Order>;
  /** Runs claimed so far: the next run id follows from it. */
  readonly runCount: number;
  readonly day: DayUsage;
  readonly totals: Totals;
  /** Follows from the rest; not part of a snapshot. */
  readonly index: StateIndex;
}

/** Usage in one UTC day, for the daily budget. */
export interface DayUsage {
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly tokens: number;
  readonly costUsd: number;
}

export interface Totals {
  readonly tokens: number;
  readonly costUsd: number;
  /** Wall time of ended runs. Live runs are added by views. */
  readonly runMs: number;
  readonly runs: number;
}

export interface StateIndex {
  /** By state (normalised): issues without a reason of their own, best first. */
  readonly ready: OrderedMap<string, OrderedMap<ReadyKey, undefined>>;
  readonly readyCount: number;
  /** Live runs, the stopping ones included. */
  readonly running: number;
  /** How many of them are in phase `finishing`: their agents are gone. */
  readonly finishing: number;
  /** Live runs without the finishing ones, by state (normalised) of the issue as it is now. */
  readonly runningByState: OrderedMap<string, number>;
  /** Earliest first. A timer may be early, never late: what is not due yet is armed again. */
  readonly timers: OrderedMap<TimerKey, undefined>;
  /** Issue id → key of its outstanding transition order: there is at most one. */
  readonly transitions: OrderedMap<string, string>;
  /** Issue id → key of the outstanding order about the mark of its claim: there is at most one. */
  readonly marks: OrderedMap<string, string>;
  /** Blocker's issue id → ids of the issues that wait for it. */
  readonly dependents: OrderedMap<string, readonly string[]>;
}

/** What the dispatch order looks at; an issue summary is one. */
export interface ReadyKey {
  readonly priority: number | null;
  /** Epoch milliseconds. */
  readonly createdAt: number | null;
  readonly identifier: string;
  readonly id: string;
}

export interface TimerKey {
  readonly dueAt: number;
  readonly subject: "claim" | "order";
  /** The issue's id, or the order's key. */
  readonly id: string;
}
