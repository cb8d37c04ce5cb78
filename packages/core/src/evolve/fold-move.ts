import type { FactOf } from "../decided-event.ts";
import type { Draft } from "./draft.ts";
import { noCounts, updateExecution } from "./execution-of.ts";
import { updateRun } from "./fold-run-report.ts";
import { settle, standingOf } from "./standing.ts";

/** Facts that move an issue from one claim, timer or queue to another. */
export type Move = FactOf<
  | "run-claimed"
  | "run-confirmed"
  | "run-found-alive"
  | "run-stop-decided"
  | "retry-scheduled"
  | "retry-came-due"
  | "issue-parked"
  | "question-posted"
  | "delivery-decided"
  | "delivery-postponed"
  | "delivery-resumed"
  | "issue-delivered"
  | "delivered-issue-left"
  | "issue-reopened"
  | "claim-released"
>;

export function foldMove(draft: Draft, fact: Move): void {
  const before = standingOf(draft, fact.issueId);
  move(draft, fact);
  settle(draft, fact.issueId, before, before.issue);
}

function move(draft: Draft, fact: Move): void {
  switch (fact.type) {
    case "run-claimed":
      return foldRunClaimed(draft, fact);
    case "run-confirmed":
      return foldRunConfirmed(draft, fact);
    case "run-found-alive":
      return updateRun(draft, fact, (claim) => ({ ...claim, watchedFrom: claim.lastEventAt }));
    case "run-stop-decided":
      return updateRun(draft, fact, (claim) => ({
        ...claim,
        stopping: claim.stopping ?? fact.reason,
        stoppedBy: claim.stoppedBy ?? fact.by,
        ...(fact.release === true ? { releasing: true } : {}),
      }));
    case "retry-scheduled":
      return foldRetryScheduled(draft, fact);
    case "retry-came-due":
      return foldRetryCameDue(draft, fact);
    case "question-posted":
      foldQuestionPosted(draft, fact);
      break;
    case "issue-parked":
      return foldIssueParked(draft, fact);
    case "delivery-decided":
      return foldDeliveryDecided(draft, fact);
    case "delivery-postponed":
      return foldDeliveryPostponed(draft, fact);
    case "delivery-resumed":
      return foldDeliveryResumed(draft, fact);
    case "issue-delivered":
      return foldIssueDelivered(draft, fact);
    case "delivered-issue-left":
      return foldDeliveredIssueLeft(draft, fact);
    case "issue-reopened":
      return updateExecution(draft, fact.issueId, (execution) => ({
        ...execution,
        ...noCounts,
        delivered: null,
        lastDeliveredCommit: execution.delivered?.commit ?? null,
      }));
    case "claim-released":
      draft.claims.delete(fact.issueId);
  }
}

function foldRunClaimed(draft: Draft, fact: FactOf<"run-claimed">): void {
  const { at, issueId, runId, attempt, retryKind, feedback, resumeSessionId } = fact;
  draft.runCount += 1;
  const { backend } = draft.policy;
  draft.claims.set(issueId, {
    phase: "running",
    runId,
    attempt,
    retryKind,
    feedback,
    resumeSessionId,
    runPhase: "checking",
    stopping: null,
    stoppedBy: null,
    claimedAt: at,
    startedAt: null,
    lastEventAt: at,
    watchedFrom: null,
    sessionId: null,
    turns: 0,
    usage: null,
    spoolSeq: 0,
    issueVersion: draft.issues.get(issueId)?.version ?? "",
    ...(backend === undefined ? {} : { backend }),
    baseline: null,
  });
}

function foldRunConfirmed(draft: Draft, fact: FactOf<"run-confirmed">): void {
  const { at, issueId } = fact;
  updateRun(draft, fact, (claim) => ({
    ...claim,
    runPhase: "starting",
    startedAt: at,
    lastEventAt: at,
    watchedFrom: at,
    issueVersion: draft.issues.get(issueId)?.version ?? claim.issueVersion,
  }));
  updateExecution(draft, issueId, (execution) => ({
    ...execution,
    runs: execution.runs + 1,
    firstStartedAt: execution.firstStartedAt ?? at,
  }));
}

function foldRetryScheduled(draft: Draft, fact: FactOf<"retry-scheduled">): void {
  const { issueId, kind, attempt, dueAt, error, feedback, resumeSessionId } = fact;
  draft.claims.set(issueId, {
    phase: "retrying",
    kind,
    attempt,
    dueAt,
    due: dueAt <= fact.at,
    error,
    feedback,
    resumeSessionId,
  });
}

function foldRetryCameDue(draft: Draft, { issueId }: FactOf<"retry-came-due">): void {
  const claim = draft.claims.get(issueId);
  if (claim?.phase === "retrying") draft.claims.set(issueId, { ...claim, due: true });
}

function foldIssueParked(draft: Draft, fact: FactOf<"issue-parked">): void {
  const { at, issueId, reason, until, attempt, feedback, resumeSessionId } = fact;
  draft.claims.set(issueId, {
    phase: "parked",
    reason,
    parkedAt: at,
    askedAt: null,
    until,
    attempt,
    feedback,
    resumeSessionId,
    issueVersion: draft.issues.get(issueId)?.version ?? "",
  });
}

function foldQuestionPosted(draft: Draft, fact: FactOf<"question-posted">): void {
  const claim = draft.claims.get(fact.issueId);
  if (claim?.phase !== "parked") return;
  draft.claims.set(fact.issueId, { ...claim, askedAt: fact.postedAt });
}

function foldDeliveryDecided(draft: Draft, fact: FactOf<"delivery-decided">): void {
  const { at, issueId, runId, key, attempt, resumeSessionId } = fact;
  draft.claims.set(issueId, {
    phase: "delivering",
    runId,
    key,
    startedAt: at,
    resumeSessionId,
    attempt,
    tries: 0,
    waiting: null,
    retryAt: null,
  });
}

/** Waiting for a person is no try. */
function foldDeliveryPostponed(draft: Draft, fact: FactOf<"delivery-postponed">): void {
  const claim = draft.claims.get(fact.issueId);
  if (claim?.phase !== "delivering") return;
  const tries = fact.waiting === null ? claim.tries + 1 : claim.tries;
  const { waiting, retryAt } = fact;
  draft.claims.set(fact.issueId, { ...claim, tries, waiting, retryAt });
}

function foldDeliveryResumed(draft: Draft, { issueId }: FactOf<"delivery-resumed">): void {
  const claim = draft.claims.get(issueId);
  if (claim?.phase === "delivering") draft.claims.set(issueId, { ...claim, retryAt: null });
}

function foldIssueDelivered(draft: Draft, fact: FactOf<"issue-delivered">): void {
  const { at, commit, branch } = fact;
  updateExecution(draft, fact.issueId, (execution) => ({
    ...execution,
    ...noCounts,
    delivered: { at, commit, branch, left: false },
  }));
}

function foldDeliveredIssueLeft(draft: Draft, { issueId }: FactOf<"delivered-issue-left">): void {
  updateExecution(draft, issueId, (execution) => ({
    ...execution,
    delivered: execution.delivered === null ? null : { ...execution.delivered, left: true },
  }));
}
