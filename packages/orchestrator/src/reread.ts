import type { Clock, Tracker } from "@signalbox/contracts";
import type { IssueReading } from "./run-supervisor.ts";
import { withTimeLimit } from "./time-limit.ts";

const rereadLimitMs = 30_000;

/** The issue as the tracker has it now, for the decision between turns. A tracker that does not answer is not "gone". */
export async function reread(
  issueId: string,
  ports: { readonly clock: Clock; readonly tracker: Tracker; readonly signal: AbortSignal },
): Promise<IssueReading> {
  const { clock, tracker, signal } = ports;
  try {
    const issues = await withTimeLimit(clock, rereadLimitMs, "reading the issue", signal, (inner) =>
      tracker.fetchIssuesByIds([issueId], inner),
    );
    return issues.find((issue) => issue.id === issueId) ?? null;
  } catch {
    return "unknown";
  }
}
