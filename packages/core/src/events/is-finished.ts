import type { WorkspaceFingerprint } from "@signalbox/contracts";
import type { RunningClaim } from "../claim.ts";
import { executionOf } from "../evolve/execution-of.ts";
import type { OrchestratorState } from "../state.ts";

/**
 * Whether a successful agent left something to hand over, where it is for us to say that the work is finished. A branch
 * that was delivered and is not merged yet is ahead of its base too.
 */
export function isFinished(
  state: OrchestratorState,
  issueId: string,
  claim: RunningClaim,
  fingerprint: WorkspaceFingerprint | null,
): boolean {
  const { policy } = state;
  if (policy.states.succeeded === undefined || fingerprint === null) return false;
  if (policy.deliveryKind === "none") return hasChanged(claim, fingerprint);
  const { lastDeliveredCommit } = executionOf(state, issueId);
  const isNew = lastDeliveredCommit === null || fingerprint.head !== lastDeliveredCommit;
  return fingerprint.commitsAhead > 0 && isNew;
}

/** Whether the workspace is another than before the agent began. */
export function hasChanged(
  { baseline }: RunningClaim,
  fingerprint: WorkspaceFingerprint | null,
): boolean {
  return baseline !== null && fingerprint !== null && fingerprint.digest !== baseline;
}
