import type { RunOutcome } from "@signalbox/contracts";
import type { DecidedEvent, OrchestratorState, ParkReason, ReleaseReason } from "@signalbox/core";
import { firstLine } from "./first-line.ts";
import { nameOf, type IssueName } from "./status-of.ts";

/** What became of one issue over the facts that were added. */
export interface HistoryRow extends IssueName {
  /**
   * `delivered` and `parked` are where the work on an issue ends; `running`: a run is under way. After a run that
   * succeeded, `delivering` and `waiting` are about its delivery, and `retrying` says that another run follows, as after
   * a delivery that was refused. Anything else is how the last run ended or why the claim was given up.
   */
  readonly result:
    | "running"
    | "delivering"
    | "waiting"
    | "retrying"
    | "delivered"
    | "parked"
    | RunOutcome["kind"]
    | ReleaseReason;
  /** Error, question or limit behind the result. */
  readonly detail: string | null;
  /** Runs of the issue, those of earlier daemons included. */
  readonly attempts: number;
  /** From the start of the first run to the last fact, waits included. */
  readonly durationMs: number;
  readonly commit: string | null;
  readonly branch: string | null;
}

type RunConfirmed = Extract<DecidedEvent, { type: "run-confirmed" }>;

type Facts = Omit<HistoryRow, "durationMs"> & { readonly from: number; readonly to: number };

/** Folds decided facts into one row per issue that was worked on. Grows with those issues, not with the facts. */
export class RunHistory {
  readonly #facts = new Map<string, Facts>();

  /** `state`: the one that holds after the facts; issues take their names from it. */
  add(decided: readonly DecidedEvent[], state: OrchestratorState): void {
    for (const event of decided) {
      if (event.type === "run-confirmed") this.#begin(event, state);
      else if ("issueId" in event) this.#change(event.issueId, event);
    }
  }

  /** In the order of their first runs. */
  rows(): readonly HistoryRow[] {
    return [...this.#facts.values()].map(({ from, to, ...row }) => ({
      ...row,
      durationMs: Math.max(0, to - from),
    }));
  }

  #begin({ issueId, runId, at }: RunConfirmed, state: OrchestratorState): void {
    const known = this.#facts.get(issueId);
    const claim = state.claims.get(issueId);
    const isThisRun = claim?.phase === "running" && claim.runId === runId;
    this.#facts.set(issueId, {
      ...nameOf(state, issueId),
      result: "running",
      detail: null,
      attempts: ((isThisRun ? claim.attempt : known?.attempts) ?? 0) + 1,
      commit: null,
      branch: null,
      from: known?.from ?? at,
      to: at,
    });
  }

  #change(issueId: string, event: DecidedEvent): void {
    const known = this.#facts.get(issueId);
    const change = known === undefined ? null : changeBy(event, known.result);
    if (known !== undefined && change !== null) {
      this.#facts.set(issueId, { ...known, ...change, to: event.at });
    }
  }
}

/** What a row says whose last run went well, before it is known what comes of it. */
const succeededSoFar: ReadonlySet<HistoryRow["result"]> = new Set([
  "succeeded",
  "delivering",
  "waiting",
]);

function changeBy(event: DecidedEvent, result: HistoryRow["result"]): Partial<Facts> | null {
  if (event.type === "run-closed") {
    return { result: event.outcome.kind, detail: outcomeDetail(event.outcome) };
  }
  if (event.type === "issue-parked") {
    return { result: "parked", detail: parkDetail(event.reason, event.feedback) };
  }
  if (event.type === "delivery-decided" || event.type === "delivery-resumed") {
    return { result: "delivering", detail: null };
  }
  if (event.type === "delivery-postponed") {
    return event.waiting === null
      ? { result: "delivering", detail: null }
      : { result: "waiting", detail: event.waiting.reason };
  }
  if (event.type === "retry-scheduled" && succeededSoFar.has(result)) {
    return { result: "retrying", detail: event.error };
  }
  if (event.type === "issue-delivered") {
    const { commit, branch, notes } = event;
    const detail = notes.length === 0 ? null : notes.join("; ");
    return { result: "delivered", detail, commit, branch };
  }
  if (event.type === "claim-released" && event.reason !== "delivered" && result !== "delivered") {
    return { result: event.reason, detail: null };
  }
  return null;
}

/** The text that an outcome carries, if it carries one. */
export function outcomeDetail(outcome: RunOutcome): string | null {
  switch (outcome.kind) {
    case "failed":
    case "lost":
      return outcome.message;
    case "canceled":
      return outcome.reason;
    case "needs-input":
      return outcome.question;
    case "timed-out":
      return `${outcome.limit} limit of ${outcome.limitMs} ms`;
    case "stalled":
      return `silent for ${outcome.silentMs} ms`;
    case "quota-exhausted":
      return outcome.pool;
    case "budget-exhausted":
      return outcome.budget;
    case "succeeded":
      return null;
  }
}

/** Why an issue is parked, in a few words. `feedback`: what the next run would be told. */
export function parkDetail(reason: ParkReason, feedback: string | null = null): string {
  switch (reason.kind) {
    case "needs-input":
      return `needs input: ${reason.question}`;
    case "no-progress":
      return `no progress over ${reason.continuations} continuations`;
    case "failure-limit":
      return `${reason.failures} failures: ${reason.error}`;
    case "loss-limit":
      return `${reason.losses} lost runs: ${reason.error}`;
    case "continuation-limit":
      return `${reason.continuations} continuations${feedback === null ? "" : `: ${firstLine(feedback)}`}`;
    case "quota":
      return `quota of ${reason.pool}`;
    case "budget":
      return `budget ${reason.budget}`;
    case "not-retryable":
      return reason.error;
    case "operator":
      return `stopped by ${reason.by}`;
  }
}
