import type { OrchestratorState } from "@signalbox/core";
import { explainIssue } from "@signalbox/views";
import * as v from "valibot";

/** What came of an order about one issue. The stable form of `--json`; see the README. */
export interface OrderReport {
  readonly issue_id: string;
  readonly issue_identifier: string;
  /** `false`: it was so already. */
  readonly changed: boolean;
  /** Where the issue stands now. */
  readonly phase: "none" | "running" | "retrying" | "parked" | "delivering";
  /** The run that the order was about, or that follows it. */
  readonly run_id: string | null;
  /** The same as one sentence or two. */
  readonly text: string;
}

const reportSchema: v.GenericSchema<unknown, OrderReport> = v.object({
  issue_id: v.string(),
  issue_identifier: v.string(),
  changed: v.boolean(),
  phase: v.picklist(["none", "running", "retrying", "parked", "delivering"]),
  run_id: v.nullable(v.string()),
  text: v.string(),
});

/** Throws a `ValiError` for what is no report. */
export function parseOrderReport(value: unknown): OrderReport {
  return v.parse(reportSchema, value);
}

/** How an issue that is to go on stands, as a sentence. */
export function outlook(state: OrchestratorState, issueId: string, at: number): string {
  const claim = state.claims.get(issueId);
  if (claim?.phase === "running") return `${claim.runId} is its next run`;
  const write = state.orders.get(state.index.transitions.get(issueId) ?? "");
  if (write?.kind === "transition-issue" && write.doubt?.isWritten !== true)
    return `it goes on when the tracker has it as "${write.to}"`;
  const issue = state.issues.get(issueId);
  if (issue === undefined) return "the tracker does not list it any more";
  const [first, ...others] = explainIssue(state, issue, at).reasons;
  if (first === undefined) return "the next look starts it";
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  const text = `${first.text.slice(0, 1).toLowerCase()}${first.text.slice(1)}`.replace(/\.$/, "");
  return `it is not started yet: ${text}${more}`;
}
