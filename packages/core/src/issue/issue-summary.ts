import type { IssueBlocker, StateKind } from "@signalbox/contracts";

/** What the state keeps of an issue: enough to decide, small enough for 100,000 of them. Descriptions are never kept. */
export interface IssueSummary {
  readonly id: string;
  readonly identifier: string;
  /** Clipped to 80 characters. */
  readonly title: string;
  /** The tracker's spelling. */
  readonly state: string;
  readonly stateKind: StateKind | null;
  readonly priority: number | null;
  /** Epoch milliseconds. */
  readonly createdAt: number | null;
  readonly labels: readonly string[];
  readonly blockedBy: readonly IssueBlocker[];
  readonly notDispatchable: string | null;
  /** Hash over state, title, description, labels, blockers and priority: another value means that somebody changed the issue. */
  readonly version: string;
}
