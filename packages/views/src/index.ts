export { formatCount } from "./format-count.ts";
export { agentEventText } from "./agent-event-text.ts";
export type { AgentWords } from "./agent-event-text.ts";
export { explainIssue } from "./explain-issue.ts";
export type { ExplainedReason, Explanation, OutsideReason } from "./explain-issue.ts";
export { findIssue } from "./find-issue.ts";
export type { IssueMatch } from "./find-issue.ts";
export { formatDue, formatInstant, formatSpan } from "./format-span.ts";
export { gateText, parkText, reasonText } from "./reason-text.ts";
export type { ReasonText } from "./reason-text.ts";
export { outcomeDetail, parkDetail, RunHistory } from "./run-history.ts";
export type { HistoryRow } from "./run-history.ts";
export { nameOf, statusOf } from "./status-of.ts";
export { waitingOf } from "./waiting-of.ts";
export type { Waiting } from "./waiting-of.ts";
export type {
  DeliveringRow,
  IssueName,
  ParkedRow,
  RetryingRow,
  RunningRow,
  Status,
} from "./status-of.ts";
