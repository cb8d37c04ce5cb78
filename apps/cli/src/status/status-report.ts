import type { OrchestratorState } from "@signalbox/core";
import {
  gateText,
  parkText,
  reasonText,
  statusOf,
  waitingOf,
  type IssueName,
  type ReasonText,
  type Status,
} from "@signalbox/views";

/** The name under which a journal that cannot be written stands among the gates. */
export const journalGate = "journal-unwritable" as const;

/** A name of an issue in JSON. */
interface IssueFields {
  readonly issue_id: string;
  readonly issue_identifier: string;
  readonly title: string;
}

interface RunningFields extends IssueFields {
  readonly run_id: string;
  readonly session_id: string | null;
  readonly phase: string;
  /** `null`: it goes on. */
  readonly stopping: string | null;
  /** `null` on the first run, else how many runs came before. */
  readonly attempt: number | null;
  readonly turns: number;
  readonly duration_ms: number;
  readonly silent_ms: number;
  readonly tokens: number;
  readonly cost_usd: number | null;
}

interface RetryingFields extends IssueFields {
  readonly kind: string;
  readonly attempt: number;
  readonly due_in_ms: number;
  readonly error: string | null;
}

interface ParkedFields extends IssueFields {
  /** The kind of the reason; `needs-input` waits for an answer. */
  readonly reason: string;
  readonly question: string | null;
  readonly text: string;
  readonly release: string;
  readonly parked_for_ms: number;
  /** Epoch milliseconds. */
  readonly until: number | null;
}

interface DeliveringFields extends IssueFields {
  readonly run_id: string;
  readonly duration_ms: number;
  /** What only a person can clear. */
  readonly waiting: { readonly reason: string; readonly remedy: string } | null;
}

export interface ProblemFields {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
  readonly issue_id: string | null;
  readonly issue_identifier: string | null;
}

/** How things stand, as JSON. What it adds to a state: what only the living daemon knows. */
export interface StateReport {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly counts: Status["counts"];
  readonly slots: Status["slots"];
  readonly gates: readonly {
    readonly gate: string;
    readonly text: string;
    readonly release: string;
  }[];
  readonly running: readonly RunningFields[];
  readonly retrying: readonly RetryingFields[];
  readonly parked: readonly ParkedFields[];
  readonly delivering: readonly DeliveringFields[];
  readonly waiting: {
    readonly issues: number;
    readonly reasons: readonly { readonly code: string; readonly issues: number }[];
    readonly unseen: number;
  };
  readonly totals: {
    readonly tokens: number;
    readonly cost_usd: number;
    readonly run_ms: number;
    readonly runs: number;
  };
  /** The last ones that the daemon told of, oldest first. */
  readonly problems: readonly ProblemFields[];
}

/** What keeps a daemon from everything and cannot stand in the journal. */
export interface JournalTrouble {
  readonly message: string;
  readonly remedy: string | null;
}

/** At `at`, in epoch milliseconds. `trouble`: why the journal cannot be written now. */
export function stateReport(
  state: OrchestratorState,
  at: number,
  problems: readonly ProblemFields[],
  trouble: JournalTrouble | null = null,
): StateReport {
  const status = statusOf(state, at);
  const { tokens, costUsd, runMs, runs } = status.totals;
  return {
    at,
    counts: status.counts,
    slots: status.slots,
    gates: [
      ...(trouble === null ? [] : [{ gate: journalGate, ...troubleText(trouble, at) }]),
      ...status.gates.map((gate) => ({ gate: gate.gate, ...gateText(gate) })),
    ],
    running: status.running.map((row) => ({
      ...fieldsOf(row),
      run_id: row.runId,
      session_id: row.sessionId,
      phase: row.phase,
      stopping: row.stopping,
      attempt: row.attempt,
      turns: row.turns,
      duration_ms: row.durationMs,
      silent_ms: row.silentMs,
      tokens: row.tokens,
      cost_usd: row.costUsd,
    })),
    retrying: status.retrying.map((row) => ({
      ...fieldsOf(row),
      kind: row.kind,
      attempt: row.attempt,
      due_in_ms: row.dueInMs,
      error: row.error,
    })),
    parked: status.parked.map((row) => ({
      ...fieldsOf(row),
      reason: row.reason.kind,
      question: row.reason.kind === "needs-input" ? row.reason.question : null,
      ...parkText(row.reason, row.until, at, row.feedback),
      parked_for_ms: row.parkedForMs,
      until: row.until,
    })),
    delivering: status.delivering.map((row) => ({
      ...fieldsOf(row),
      run_id: row.runId,
      duration_ms: row.durationMs,
      waiting: row.waiting,
    })),
    waiting: waitingOf(state, at),
    totals: { tokens, cost_usd: costUsd, run_ms: runMs, runs },
    problems,
  };
}

function troubleText({ message, remedy }: JournalTrouble, at: number): ReasonText {
  return reasonText({ code: journalGate, message, remedy }, at);
}

function fieldsOf({ issueId, identifier, title }: IssueName): IssueFields {
  return { issue_id: issueId, issue_identifier: identifier, title };
}
