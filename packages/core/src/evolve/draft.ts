import type { WorkspaceRef } from "@signalbox/contracts";
import type { Claim } from "../claim.ts";
import type { Execution } from "../execution.ts";
import type { Gate, GateName } from "../gate.ts";
import type { IssueSummary } from "../issue/issue-summary.ts";
import type { Order } from "../order.ts";
import type { Policy } from "../policy/policy.ts";
import type { DayUsage, OrchestratorState, Totals } from "../state.ts";
import { IndexDraft } from "./index-draft.ts";
import { MapDraft } from "./map-draft.ts";

/** The state while one input is applied to it: readable as a state. The state that it was opened on is never touched. */
export class Draft implements OrchestratorState {
  at: number;
  epoch: number;
  policy: Policy;
  gates: Readonly<Partial<Record<GateName, Gate>>>;
  runCount: number;
  day: DayUsage;
  totals: Totals;
  readonly issues: MapDraft<string, IssueSummary>;
  readonly claims: MapDraft<string, Claim>;
  readonly executions: MapDraft<string, Execution>;
  readonly workspaces: MapDraft<string, WorkspaceRef>;
  readonly orders: MapDraft<string, Order>;
  index: IndexDraft;
  readonly #base: OrchestratorState;
  #changed = false;

  constructor(base: OrchestratorState) {
    this.#base = base;
    this.at = base.at;
    this.epoch = base.epoch;
    this.policy = base.policy;
    this.gates = base.gates;
    this.runCount = base.runCount;
    this.day = base.day;
    this.totals = base.totals;
    this.issues = new MapDraft(base.issues);
    this.claims = new MapDraft(base.claims);
    this.executions = new MapDraft(base.executions);
    this.workspaces = new MapDraft(base.workspaces);
    this.orders = new MapDraft(base.orders);
    this.index = new IndexDraft(base.index);
  }

  /** A fact is being folded. */
  touch(at: number): void {
    this.at = at;
    this.#changed = true;
  }

  /** The new state; the old one itself where no fact was folded. */
  close(): OrchestratorState {
    if (!this.#changed) return this.#base;
    return {
      at: this.at,
      epoch: this.epoch,
      policy: this.policy,
      gates: this.gates,
      issues: this.issues.close(),
      claims: this.claims.close(),
      executions: this.executions.close(),
      workspaces: this.workspaces.close(),
      orders: this.orders.close(),
      runCount: this.runCount,
      day: this.day,
      totals: this.totals,
      index: this.index.close(),
    };
  }
}
