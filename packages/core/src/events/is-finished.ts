import type { WorkspaceFingerprint } from "@signalbox/contracts";
import type { RunningClaim } from "../claim.ts";
import type { Policy } from "../policy/policy.ts";

/** Whether a successful agent left something to hand over, where it is for us to say that the work is finished. */
export function isFinished(
  policy: Policy,
  claim: RunningClaim,
  fingerprint: WorkspaceFingerprint | null,
): boolean {
  if (policy.states.succeeded === undefined || fingerprint === null) return false;
  return policy.deliveryKind === "none"
    ? hasChanged(claim, fingerprint)
    : fingerprint.commitsAhead > 0;
}

/** Whether the workspace is another than before the agent began. */
export function hasChanged(
  { baseline }: RunningClaim,
  fingerprint: WorkspaceFingerprint | null,
): boolean {
  return baseline !== null && fingerprint !== null && fingerprint.digest !== baseline;
}
