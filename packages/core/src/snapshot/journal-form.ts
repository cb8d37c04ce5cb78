import type { Issue, JsonValue } from "@signalbox/contracts";
import type { OrchestratorEvent } from "../event.ts";
import { toJson } from "./to-json.ts";

/** How many ids of a list are written down, for a person who reads the journal. */
const listedIds = 20;

/** An input as the journal keeps it beside its facts: lists of issues as counts and ids, an issue as id and state. */
export function journalForm(event: OrchestratorEvent): JsonValue {
  switch (event.type) {
    case "issues-observed": {
      const { issues, removedIds, ...rest } = event;
      return toJson({ ...rest, issues: brief(issues), removed: removedIds.length });
    }
    case "issues-refreshed": {
      const { issues, requestedIds, ...rest } = event;
      return toJson({ ...rest, issues: brief(issues), requested: requestedIds.length });
    }
    case "issue-checked":
    case "turn-ended":
      return toJson({ ...event, issue: labelOf(event.issue) });
    case "transition-ended": {
      const { result } = event;
      return "issue" in result
        ? toJson({ ...event, result: { ...result, issue: labelOf(result.issue) } })
        : toJson(event);
    }
    case "daemon-started":
    case "policy-replaced":
    case "gate-closed":
    case "gate-opened":
    case "time-passed":
    case "issue-check-failed":
    case "run-unheard":
    case "run-phase-changed":
    case "workspace-prepared":
    case "session-started":
    case "run-progressed":
    case "run-ended":
    case "delivery-ended":
    case "delivery-found":
    case "comment-ended":
    case "claim-mark-ended":
    case "workspace-cleaned":
    case "answer-received":
    case "stop-requested":
    case "retry-requested":
    case "release-requested":
      return toJson(event);
  }
}

function brief(issues: readonly Issue[]): unknown {
  return { count: issues.length, ids: issues.slice(0, listedIds).map((issue) => issue.id) };
}

function labelOf(issue: Issue | null | "unknown"): unknown {
  return issue === null || issue === "unknown" ? issue : { id: issue.id, state: issue.state };
}
