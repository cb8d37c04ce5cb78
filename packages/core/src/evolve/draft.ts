import type { WorkspaceRef } from "@signalbox/contracts";
import type { Claim } from "../claim.ts";
import type { Execution } from "../execution.ts";
import type { Gate, GateName } from "../gate.ts";
import type { IssueSummary } from "../issue/issue-summary.ts";
import type { Order } from "../order.ts";
import type { Policy } from "../policy/policy.ts";
import type { DayUsage, OrchestratorState, StateIndex, Totals } from "../state.ts";
import { createEmptyIndex, IndexDraft } from "./index-draft.ts";
import { MapDraft } from "./map-draft.ts";

/**
 * The state while one input is applied to it: readable as a state. The state that it was opened on is never touched,
 * and what an input does not look at costs it nothing.
 */
export class Draft implements OrchestratorState {
  at: number;
  epoch: number;
  policy: Policy;
  gates: Readonly<Partial<Record<GateName, Gate>>>;
  runCount: number;
  day: DayUsage;
  totals: Totals;
  readonly #base: OrchestratorState;
  #issues: MapDraft<string, IssueSummary> | null = null;
  #claims: MapDraft<string, Claim> | null = null;
  #executions: MapDraft<string, Execution> | null = null;
  #workspaces: MapDraft<string, WorkspaceRef> | null = null;
  #orders: MapDraft<string, Order> | null = null;
  #index: IndexDraft | null = null;
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
  }

  get issues(): MapDraft<string, IssueSummary> {
    this.#issues ??= new MapDraft(this.#base.issues);
    return this.#issues;
  }

  get claims(): MapDraft<string, Claim> {
    this.#claims ??= new MapDraft(this.#base.claims);
    return this.#claims;
  }

  get executions(): MapDraft<string, Execution> {
    this.#executions ??= new MapDraft(this.#base.executions);
    return this.#executions;
  }

  get workspaces(): MapDraft<string, WorkspaceRef> {
    this.#workspaces ??= new MapDraft(this.#base.workspaces);
    return this.#workspaces;
  }

  get orders(): MapDraft<string, Order> {
    this.#orders ??= new MapDraft(this.#base.orders);
    return this.#orders;
  }

  get index(): StateIndex {
    return this.#index ?? this.#base.index;
  }

  /** The index to write to. */
  get indexDraft(): IndexDraft {
    this.#index ??= new IndexDraft(this.#base.index);
    return this.#index;
  }

  /** Starts the index anew. */
  clearIndex(): void {
    this.#index = new IndexDraft(createEmptyIndex());
  }

  /** A fact is being folded. */
  touch(at: number): void {
    this.at = at;
    this.#changed = true;
  }

  /** The new state; the old one itself where no fact was folded. */
  close(): OrchestratorState {
    if (!this.#changed) return this.#base;
    const base = this.#base;
    return {
      at: this.at,
      epoch: this.epoch,
      policy: this.policy,
      gates: this.gates,
      issues: this.#issues?.close() ?? base.issues,
      claims: this.#claims?.close() ?? base.claims,
      executions: this.#executions?.close() ?? base.executions,
      workspaces: this.#workspaces?.close() ?? base.workspaces,
      orders: this.#orders?.close() ?? base.orders,
      runCount: this.runCount,
      day: this.day,
      totals: this.totals,
      index: this.#index?.close() ?? base.index,
    };
  }
}
