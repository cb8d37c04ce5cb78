import type { WorkspaceRef } from "@signalbox/contracts";
import type { Claim } from "../claim.ts";
import type { Execution } from "../execution.ts";
import type { Gate, GateName } from "../gate.ts";
import type { IssueSummary } from "../issue/issue-summary.ts";
import type { Order } from "../order.ts";
import type { DraftMap, OrderedMap } from "../ordered-map.ts";
import type { Policy } from "../policy/policy.ts";
import type { DayUsage, OrchestratorState, Totals } from "../state.ts";
import { IndexDraft } from "./index-draft.ts";

/**
 * The state while one input is applied to it: readable as a state, and each map is cloned before its first write.
 * The state that it was opened on is never touched.
 */
export class Draft implements OrchestratorState {
  at: number;
  epoch: number;
  policy: Policy;
  gates: Readonly<Partial<Record<GateName, Gate>>>;
  issues: OrderedMap<string, IssueSummary>;
  claims: OrderedMap<string, Claim>;
  executions: OrderedMap<string, Execution>;
  workspaces: OrderedMap<string, WorkspaceRef>;
  orders: OrderedMap<string, Order>;
  runCount: number;
  day: DayUsage;
  totals: Totals;
  index: IndexDraft;
  readonly #base: OrchestratorState;
  #issues: DraftMap<string, IssueSummary> | null = null;
  #claims: DraftMap<string, Claim> | null = null;
  #executions: DraftMap<string, Execution> | null = null;
  #workspaces: DraftMap<string, WorkspaceRef> | null = null;
  #orders: DraftMap<string, Order> | null = null;
  #changed = false;

  constructor(base: OrchestratorState) {
    this.#base = base;
    this.at = base.at;
    this.epoch = base.epoch;
    this.policy = base.policy;
    this.gates = base.gates;
    this.issues = base.issues;
    this.claims = base.claims;
    this.executions = base.executions;
    this.workspaces = base.workspaces;
    this.orders = base.orders;
    this.runCount = base.runCount;
    this.day = base.day;
    this.totals = base.totals;
    this.index = new IndexDraft(base.index);
  }

  /** A fact is being folded. */
  touch(at: number): void {
    this.at = at;
    this.#changed = true;
  }

  writeIssues(): DraftMap<string, IssueSummary> {
    this.#issues ??= this.issues = this.issues.clone();
    return this.#issues;
  }

  writeClaims(): DraftMap<string, Claim> {
    this.#claims ??= this.claims = this.claims.clone();
    return this.#claims;
  }

  writeExecutions(): DraftMap<string, Execution> {
    this.#executions ??= this.executions = this.executions.clone();
    return this.#executions;
  }

  writeWorkspaces(): DraftMap<string, WorkspaceRef> {
    this.#workspaces ??= this.workspaces = this.workspaces.clone();
    return this.#workspaces;
  }

  writeOrders(): DraftMap<string, Order> {
    this.#orders ??= this.orders = this.orders.clone();
    return this.#orders;
  }

  /** The new state; the old one itself where no fact was folded. */
  close(): OrchestratorState {
    if (!this.#changed) return this.#base;
    return {
      at: this.at,
      epoch: this.epoch,
      policy: this.policy,
      gates: this.gates,
      issues: this.issues,
      claims: this.claims,
      executions: this.executions,
      workspaces: this.workspaces,
      orders: this.orders,
      runCount: this.runCount,
      day: this.day,
      totals: this.totals,
      index: this.index.close(),
    };
  }
}
