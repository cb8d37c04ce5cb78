import type { AgentEvent, RetryKind, RunOutcome, StopReason } from "@signalbox/contracts";
import type {
  DecidedEvent,
  DecidedEventType,
  Gate,
  GateName,
  OrchestratorState,
  ParkReason,
  ReleaseReason,
} from "@signalbox/core";
import { nameOf } from "@signalbox/views";

/** Something that whoever watches a daemon wants to hear of. The stable form of `run --json`; see the README. */
export type Notice =
  | GateNotice
  | ProblemNotice
  | ({
      readonly at: number;
      readonly issue_id: string;
      readonly issue_identifier: string;
    } & IssueNotice);

interface GateNotice {
  readonly type: "gate-changed";
  readonly at: number;
  readonly gate: GateName;
  /** `null`: open again. */
  readonly closed: Gate | null;
}

interface ProblemNotice {
  readonly type: "problem";
  readonly at: number;
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
  readonly issue_id: string | null;
  readonly issue_identifier: string | null;
}

type IssueNotice =
  | {
      readonly type: "run-started";
      readonly run_id: string;
      /** `null` on the first run of an issue. */
      readonly attempt: number | null;
      readonly retry_kind: RetryKind | null;
    }
  /** A run of an earlier daemon goes on under this one; or it had ended (`alive: false`), and how is told next. */
  | {
      readonly type: "run-adopted";
      readonly run_id: string;
      readonly alive: boolean;
      /** Epoch milliseconds; `null`: it had not begun yet. */
      readonly since: number | null;
    }
  | { readonly type: "run-stopping"; readonly run_id: string; readonly reason: StopReason }
  | { readonly type: "run-ended"; readonly run_id: string; readonly outcome: RunOutcome }
  | {
      readonly type: "retry-scheduled";
      readonly kind: RetryKind;
      readonly attempt: number;
      /** Epoch milliseconds. */
      readonly due_at: number;
      readonly error: string | null;
    }
  | {
      readonly type: "parked";
      readonly reason: ParkReason;
      readonly until: number | null;
      /** What the next run would be told. */
      readonly feedback: string | null;
    }
  | { readonly type: "delivering"; readonly run_id: string }
  | { readonly type: "delivery-waiting"; readonly reason: string; readonly remedy: string }
  | {
      readonly type: "delivered";
      readonly commit: string | null;
      readonly branch: string | null;
      readonly notes: readonly string[];
    }
  | { readonly type: "released"; readonly reason: ReleaseReason }
  | { readonly type: "agent-event"; readonly run_id: string; readonly event: AgentEvent };

/** What is worth telling of one decided fact; `null` for the rest. `state`: the one that holds afterwards. */
export function noticeOf(fact: DecidedEvent, state: OrchestratorState): Notice | null {
  if (fact.type === "gate-changed") {
    return { type: "gate-changed", at: fact.at, gate: fact.gate, closed: fact.closed };
  }
  if (!isTold(fact)) return null;
  const notice = issueNoticeOf(fact, state);
  if (notice === null) return null;
  return { at: fact.at, ...issueFields(fact.issueId, state), ...notice };
}

/** The two fields by which lines about one issue are found. */
export function issueFields(
  issueId: string,
  state: OrchestratorState,
): { readonly issue_id: string; readonly issue_identifier: string } {
  return { issue_id: issueId, issue_identifier: nameOf(state, issueId).identifier };
}

const toldTypes = [
  "run-confirmed",
  "run-stop-decided",
  "run-closed",
  "retry-scheduled",
  "issue-parked",
  "delivery-decided",
  "delivery-postponed",
  "issue-delivered",
  "claim-released",
] as const satisfies readonly DecidedEventType[];

type ToldFact = Extract<DecidedEvent, { type: (typeof toldTypes)[number] }>;

function isTold(fact: DecidedEvent): fact is ToldFact {
  return toldTypes.some((type) => type === fact.type);
}

function issueNoticeOf(fact: ToldFact, state: OrchestratorState): IssueNotice | null {
  switch (fact.type) {
    case "run-confirmed":
      return { type: "run-started", run_id: fact.runId, ...attemptOf(fact, state) };
    case "run-stop-decided":
      return { type: "run-stopping", run_id: fact.runId, reason: fact.reason };
    case "run-closed":
      return { type: "run-ended", run_id: fact.runId, outcome: fact.outcome };
    case "retry-scheduled":
      return {
        type: "retry-scheduled",
        kind: fact.kind,
        attempt: fact.attempt,
        due_at: fact.dueAt,
        error: fact.error,
      };
    case "issue-parked":
      return { type: "parked", reason: fact.reason, until: fact.until, feedback: fact.feedback };
    case "delivery-decided":
      return { type: "delivering", run_id: fact.runId };
    case "delivery-postponed":
      return fact.waiting === null ? null : { type: "delivery-waiting", ...fact.waiting };
    case "issue-delivered":
      return {
        type: "delivered",
        commit: fact.commit,
        branch: fact.branch,
        notes: fact.notes,
      };
    case "claim-released":
      return fact.reason === "delivered" ? null : { type: "released", reason: fact.reason };
  }
}

function attemptOf(
  { issueId, runId }: { readonly issueId: string; readonly runId: string },
  state: OrchestratorState,
): { readonly attempt: number | null; readonly retry_kind: RetryKind | null } {
  const claim = state.claims.get(issueId);
  return claim?.phase === "running" && claim.runId === runId
    ? { attempt: claim.attempt, retry_kind: claim.retryKind }
    : { attempt: null, retry_kind: null };
}
