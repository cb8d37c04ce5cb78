import type { Claim, RunningClaim } from "../claim.ts";
import type { IssueSummary } from "../issue/issue-summary.ts";
import { normalizeState } from "../issue/normalize-state.ts";
import type { Policy } from "../policy/policy.ts";
import { isEligible } from "../selection/eligibility.ts";
import { compareRank } from "../selection/ordering.ts";
import type { Draft } from "./draft.ts";

/** `finishing`: nothing of the agent is alive, the workspace is looked at. */
export type RunStage = "alive" | "finishing";

/** Where an issue stands in the index. */
export interface Standing {
  readonly issue: IssueSummary | undefined;
  /** Normalised. */
  readonly state: string;
  readonly isReady: boolean;
  readonly run: RunStage | null;
  readonly dueAt: number | null;
}

export function standingOf(
  draft: Draft,
  issueId: string,
  issue: IssueSummary | undefined = draft.issues.get(issueId),
): Standing {
  const claim = draft.claims.get(issueId);
  return {
    issue,
    state: issue === undefined ? "" : normalizeState(issue.state),
    isReady: issue !== undefined && isEligible(issue, draft),
    run: claim?.phase === "running" ? stageOf(claim) : null,
    dueAt: claim === undefined ? null : timerDueAt(claim, draft.policy),
  };
}

function stageOf({ runPhase }: RunningClaim): RunStage {
  return runPhase === "finishing" ? "finishing" : "alive";
}

/** Brings the index from where the issue stood to where it stands now; `issue` is what it is by then. */
export function settle(
  draft: Draft,
  issueId: string,
  before: Standing,
  issue: IssueSummary | undefined,
): void {
  const after = standingOf(draft, issueId, issue);
  settleReady(draft, before, after);
  if (before.run !== after.run || (after.run !== null && before.state !== after.state)) {
    if (before.run !== null) draft.indexDraft.countRun(before.run, before.state, -1);
    if (after.run !== null) draft.indexDraft.countRun(after.run, after.state, 1);
  }
  if (before.dueAt !== after.dueAt)
    draft.indexDraft.moveTimer("claim", issueId, before.dueAt, after.dueAt);
}

/** An edit that leaves the rank alone leaves the queue alone: its key may then be an older summary of the issue. */
function settleReady(draft: Draft, before: Standing, after: Standing): void {
  const keepsPlace =
    before.isReady &&
    after.isReady &&
    before.state === after.state &&
    before.issue !== undefined &&
    after.issue !== undefined &&
    compareRank(before.issue, after.issue) === 0;
  if (keepsPlace) return;
  if (before.isReady && before.issue !== undefined)
    draft.indexDraft.removeReady(before.state, before.issue);
  if (after.isReady && after.issue !== undefined)
    draft.indexDraft.addReady(after.state, after.issue);
}

/** When time alone does something to this claim. */
export function claimDueAt(claim: Claim, policy: Policy): number | null {
  switch (claim.phase) {
    case "running": {
      const watched = claim.startedAt !== null && claim.stopping === null;
      return watched && policy.stallTimeoutMs > 0
        ? claim.lastEventAt + policy.stallTimeoutMs
        : null;
    }
    case "retrying":
      return claim.due ? null : claim.dueAt;
    case "parked":
      return claim.until;
    case "delivering":
      return claim.retryAt;
  }
}

/** When the only timer of this claim rings: at `claimDueAt`, or before where the run has been heard of since. */
function timerDueAt(claim: Claim, policy: Policy): number | null {
  const dueAt = claimDueAt(claim, policy);
  if (dueAt === null || claim.phase !== "running") return dueAt;
  return (claim.watchedFrom ?? claim.lastEventAt) + policy.stallTimeoutMs;
}
