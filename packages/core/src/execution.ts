import type { RunOutcome } from "@signalbox/contracts";

/** What is remembered of an issue's runs beyond its claim. Each counter has its own limit. */
export interface Execution {
  /** All runs that were confirmed, ever. */
  readonly runs: number;
  /** Consecutive failures; a success or a person's change sets it back. */
  readonly failures: number;
  /** Runs that went on with the same work. */
  readonly continuations: number;
  /** Consecutive runs that changed neither issue nor workspace. */
  readonly noProgress: number;
  /** Consecutive runs that were lost. */
  readonly losses: number;
  /** Tokens of all runs, input and output, the live run left out. */
  readonly tokens: number;
  /** `null` as soon as one run's cost is unknown. */
  readonly costUsd: number | null;
  readonly firstStartedAt: number | null;
  readonly lastEndedAt: number | null;
  readonly lastOutcome: RunOutcome | null;
  readonly lastSessionId: string | null;
  readonly delivered: DeliveredMark | null;
  /** What was delivered before the issue was reopened: rework that leaves the branch there is not finished. */
  readonly lastDeliveredCommit: string | null;
  /** When the progress comment was last ordered: it is edited at most once a minute while a run lives. */
  readonly commentedAt: number | null;
  /** When a write of ours to the state was last confirmed. */
  readonly writtenAt: number | null;
  /** Keys of the last orders that the tracker has passed on and that were followed. Missing: none. */
  readonly heededSignals?: readonly string[];
}

/** An issue with this mark is not started again until somebody else moves it back to an active state. */
export interface DeliveredMark {
  readonly at: number;
  readonly commit: string | null;
  readonly branch: string | null;
  /** The issue has since been seen outside the active states: coming back means rework. */
  readonly left: boolean;
}
