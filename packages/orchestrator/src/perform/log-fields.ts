import type { LogFields } from "@signalbox/contracts";
import type { OrchestratorState } from "@signalbox/core";

/** By which fields a log line about an issue is found. */
export function logFieldsOf(issueId: string, state: OrchestratorState): LogFields {
  const issue = state.issues.get(issueId);
  const claim = state.claims.get(issueId);
  const run = claim !== undefined && "runId" in claim ? { run_id: claim.runId } : {};
  const sessionId = claim?.phase === "running" ? claim.sessionId : null;
  return {
    issue_id: issueId,
    ...(issue === undefined ? {} : { issue_identifier: issue.identifier }),
    ...run,
    ...(sessionId === null ? {} : { session_id: sessionId }),
  };
}
