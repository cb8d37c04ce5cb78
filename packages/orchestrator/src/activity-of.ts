import type { ActivityOrder } from "@signalbox/contracts";
import type { CommentFacts, OrchestratorState, WriteCommentEffect } from "@signalbox/core";
import { activityText } from "./comment-text.ts";

/**
 * What a comment says, for a tracker that shows people an agent's life; `null` where there is nothing to show. The key
 * follows from what is said, so that it is shown once.
 */
export function activityOf(
  { issueId, comment }: WriteCommentEffect,
  state: OrchestratorState,
): ActivityOrder | null {
  const kind = kindOf(comment, issueId, state);
  if (kind === null) return null;
  const { runs, detail } = comment;
  // Of each kind, a run has one, but for its steps.
  const step = kind === "working" ? `-${comment.status}-${detail ?? ""}` : "";
  const key = `activity-${issueId}-${runs}-${kind}${step}`;
  return { key, kind, body: activityText(comment) };
}

function kindOf(
  { topic, status, detail }: CommentFacts,
  issueId: string,
  state: OrchestratorState,
): ActivityOrder["kind"] | null {
  const claim = state.claims.get(issueId);
  const reason = claim?.phase === "parked" ? claim.reason.kind : null;
  if (topic === "parked") {
    if (reason === null) return null;
    return reason === "needs-input" ? "question" : "failed";
  }
  switch (status) {
    case "running":
      return detail === null ? "started" : "working";
    case "delivering":
    case "retrying":
      return "working";
    case "parked":
      return reason === "quota" ? "working" : null;
    case "delivered":
      return "finished";
    case "stopped":
      return "stopped";
  }
}
