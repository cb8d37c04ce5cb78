import { normalizeState, type DecidedEvent, type Policy } from "@signalbox/core";
import type { Rule } from "./violation.ts";

export type LedgerClaim =
  | { readonly phase: "running"; readonly runId: string; readonly isConfirmed: boolean }
  /** The run has ended, and what comes next is not said yet: within one entry only. */
  | { readonly phase: "closed"; readonly runId: string }
  | { readonly phase: "retrying"; readonly dueAt: number }
  | {
      readonly phase: "parked";
      readonly kind: string;
      readonly until: number | null;
      readonly at: number;
    }
  | { readonly phase: "delivering"; readonly key: string };

type Complain = (rule: Rule, detail: string) => void;

/**
 * The claims as the durable facts tell of them, kept by rules of their own: what the core folds is not asked. A fact
 * that does not follow from those before it is a violation.
 */
export class Ledger {
  readonly claims: Map<string, LedgerClaim> = new Map();
  readonly delivered: Set<string> = new Set();
  /** Issues that an agent was started on: these no blocker holds back. */
  readonly started: Set<string> = new Set();
  /** By issue: consecutive failures, as last written down. */
  readonly failures: Map<string, number> = new Map();
  readonly losses: Map<string, number> = new Map();
  readonly budgetParks: Map<string, number> = new Map();
  readonly openOrders: Set<string> = new Set();
  /** Effects that were ever ordered, by key. */
  readonly keys: Set<string> = new Set();
  /** By issue: the state that we were to write last. */
  readonly transitions: Map<string, { readonly key: string; readonly to: string }> = new Map();
  policy: Policy | null = null;
  /** How often a claim moved, or a turn ended. */
  moves = 0;
  #epoch = 0;
  #running = 0;
  readonly #states = new Map<string, string>();
  readonly #runningIn = new Map<string, number>();
  readonly #closed = new Set<string>();
  readonly #complain: Complain;

  constructor(complain: Complain) {
    this.#complain = complain;
  }

  get running(): number {
    return this.#running;
  }

  /** What must hold between two entries. */
  endEntry(issueIds: readonly string[]): void {
    for (const issueId of issueIds) {
      if (this.claims.get(issueId)?.phase === "closed")
        this.#complain("claim-phase", `${issueId}: its run has ended, and nothing follows`);
    }
  }

  note(fact: DecidedEvent): void {
    switch (fact.type) {
      case "epoch-begun":
        if (fact.epoch <= this.#epoch) this.#complain("claim-phase", `epoch ${fact.epoch} again`);
        this.#epoch = fact.epoch;
        return;
      case "policy-changed":
        this.policy = fact.policy;
        return;
      case "issue-changed":
        return this.#moveIssue(fact.issue.id, normalizeState(fact.issue.state));
      case "run-claimed":
        return this.#onClaimed(fact.issueId, fact.runId, fact.at);
      case "run-confirmed":
        return this.#onConfirmed(fact.issueId, fact.runId);
      case "run-closed":
        return this.#onClosed(fact.issueId, fact.runId);
      case "retry-scheduled":
        return this.#set(fact.issueId, {
          phase: "retrying",
          dueAt: fact.dueAt > fact.at ? fact.dueAt : -Infinity,
        });
      // From here on it waits for a slot alone, wherever the clock jumps.
      case "retry-came-due":
        return this.#set(fact.issueId, { phase: "retrying", dueAt: -Infinity });
      case "issue-parked": {
        const { kind } = fact.reason;
        if (kind === "budget") increment(this.budgetParks, fact.issueId);
        return this.#set(fact.issueId, { phase: "parked", kind, until: fact.until, at: fact.at });
      }
      case "delivery-decided":
        if (this.keys.has(fact.key))
          this.#complain("effect-once", `${fact.key} was ordered before`);
        this.keys.add(fact.key);
        return this.#set(fact.issueId, { phase: "delivering", key: fact.key });
      case "issue-delivered":
        this.delivered.add(fact.issueId);
        return;
      case "issue-reopened":
        this.delivered.delete(fact.issueId);
        return;
      case "claim-released":
        return this.#set(fact.issueId, null);
      case "counters-set":
        this.failures.set(fact.issueId, fact.failures);
        return;
      case "counters-reset":
        this.failures.set(fact.issueId, 0);
        return;
      case "order-placed":
        if (fact.order.kind === "transition-issue")
          this.transitions.set(fact.order.issueId, fact.order);
        this.keys.add(fact.order.key);
        this.openOrders.add(fact.order.key);
        return;
      case "order-closed":
        if (!this.openOrders.delete(fact.key))
          this.#complain("effect-once", `${fact.key} was closed and not open`);
        return;
      case "turn-answered":
        this.moves += 1;
        return;
      case "issue-forgotten":
        if (fact.withExecution) this.started.delete(fact.issueId);
        return;
      case "delivered-issue-left":
      case "delivery-postponed":
      case "delivery-resumed":
      case "gate-changed":
      case "order-doubted":
      case "order-postponed":
      case "order-written":
      case "order-resumed":
      case "question-posted":
      case "run-found-alive":
      case "run-phase-entered":
      case "run-progress-recorded":
      case "run-stop-decided":
      case "session-recorded":
      case "signal-heeded":
      case "workspace-forgotten":
      case "workspace-recorded":
        return;
    }
  }

  #onClaimed(issueId: string, runId: string, at: number): void {
    const before = this.claims.get(issueId);
    if (before !== undefined && before.phase !== "retrying")
      this.#complain("claim-phase", `${issueId} is claimed while ${before.phase}`);
    if (before?.phase === "retrying" && at < before.dueAt)
      this.#complain("backoff", `${issueId} is claimed ${before.dueAt - at} ms before it is due`);
    this.#set(issueId, { phase: "running", runId, isConfirmed: false }, true);
    const most = this.policy?.maxConcurrentAgents ?? 0;
    if (this.#running > most) this.#complain("cap", `${this.#running} runs, ${most} allowed`);
    this.#checkStateCap(issueId);
  }

  #onConfirmed(issueId: string, runId: string): void {
    const claim = this.claims.get(issueId);
    if (claim?.phase !== "running" || claim.runId !== runId || claim.isConfirmed)
      this.#complain(
        "claim-phase",
        `${runId} of ${issueId} is confirmed while ${claim?.phase ?? "free"}`,
      );
    this.started.add(issueId);
    this.#set(issueId, { phase: "running", runId, isConfirmed: true }, true);
    this.#checkStateCap(issueId);
  }

  #onClosed(issueId: string, runId: string): void {
    const claim = this.claims.get(issueId);
    if (this.#closed.has(runId))
      this.#complain("outcome-once", `${runId} of ${issueId} ended twice`);
    else if (claim?.phase !== "running" || claim.runId !== runId || !claim.isConfirmed)
      this.#complain("claim-phase", `${runId} of ${issueId} ends while ${claim?.phase ?? "free"}`);
    this.#closed.add(runId);
    this.#set(issueId, { phase: "closed", runId }, true);
  }

  #checkStateCap(issueId: string): void {
    const state = this.#states.get(issueId) ?? "";
    const most = this.policy?.maxConcurrentAgentsByState[state] ?? Infinity;
    const count = this.#runningIn.get(state) ?? 0;
    if (count > most) this.#complain("cap", `${count} runs in "${state}", ${most} allowed`);
  }

  #set(issueId: string, claim: LedgerClaim | null, isOfRun = false): void {
    const before = this.claims.get(issueId);
    const isLive = before?.phase === "running" && before.isConfirmed;
    if (isLive && !isOfRun)
      this.#complain("claim-phase", `${issueId} moves on while ${before.runId} has not ended`);
    if (before === undefined && claim?.phase !== "running")
      this.#complain(
        "claim-phase",
        `${issueId} is not claimed and becomes ${claim?.phase ?? "free"}`,
      );
    const change = Number(claim?.phase === "running") - Number(before?.phase === "running");
    this.#running += change;
    const state = this.#states.get(issueId) ?? "";
    this.#runningIn.set(state, (this.#runningIn.get(state) ?? 0) + change);
    if (claim === null) this.claims.delete(issueId);
    else this.claims.set(issueId, claim);
    this.moves += 1;
  }

  #moveIssue(issueId: string, state: string): void {
    const before = this.#states.get(issueId) ?? "";
    this.#states.set(issueId, state);
    if (before === state || this.claims.get(issueId)?.phase !== "running") return;
    this.#runningIn.set(before, (this.#runningIn.get(before) ?? 0) - 1);
    this.#runningIn.set(state, (this.#runningIn.get(state) ?? 0) + 1);
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
