import type { StateKind } from "@signalbox/contracts";
import { isTerminal, kindOf } from "@signalbox/http-tracker";
import type { IssueRecord } from "./issue-record.ts";

export interface IssueState {
  readonly name: string;
  readonly kind: StateKind | null;
  /** What is wrong with it, for a person; `null`: nothing. */
  readonly problem: string | null;
}

/** Where the states of open issues come from and are written to. Closing and opening is not its business. */
export interface StateSource {
  /** Brings what it knows beside the issue itself up to date. */
  refresh(signal: AbortSignal): Promise<void>;
  /** The state that an issue names, open or closed; `null` where it names none. */
  stateOf(record: IssueRecord): { readonly name: string; readonly problem: string | null } | null;
  /** Names that can be written, as of now. */
  names(signal: AbortSignal): Promise<readonly string[]>;
  /** Adds the new state; what it replaces goes in `clear`, after the issue has been opened or closed. */
  set(record: IssueRecord, name: string, signal: AbortSignal): Promise<void>;
  /** Takes away every other status than `keep`. */
  clear(record: IssueRecord, keep: string, signal: AbortSignal): Promise<void>;
  /** Until it is disposed, two states of the issue are one that moves to `name`, where moves take several writes. */
  underWay?(issueNumber: number, name: string): Disposable;
  /** Labels of its own, which are no labels of the issue. */
  isOwnLabel(label: string): boolean;
  /** States change without a change of the issue. */
  readonly isBesideIssues: boolean;
  /** The state of an open issue that names none. */
  readonly unnamed: string;
  /** What to do about a name that cannot be written. */
  readonly remedy: string;
}

/** Names of the states that closing gives, by GitHub's reason. */
export interface ClosedStates {
  readonly completed: string;
  readonly notPlanned: string;
}

/**
 * The state of an issue. A closed one is over, whatever its label or field still says; an end that these name stands.
 */
export function settleState(
  record: IssueRecord,
  source: StateSource,
  closed: ClosedStates,
): IssueState {
  const named = source.stateOf(record);
  if (record.state === "open") {
    if (named === null) return { name: source.unnamed, kind: "unstarted", problem: null };
    return { name: named.name, kind: openKind(named.name, closed), problem: named.problem };
  }
  const kind = named === null ? null : openKind(named.name, closed);
  if (named !== null && isTerminal(kind)) return { name: named.name, kind, problem: null };
  const isDropped = record.state_reason === "not_planned" || record.state_reason === "duplicate";
  return isDropped
    ? { name: closed.notPlanned, kind: "canceled", problem: null }
    : { name: closed.completed, kind: "completed", problem: null };
}

function openKind(name: string, closed: ClosedStates): StateKind | null {
  return closedKind(name, closed) ?? kindOf(name);
}

/** What closing an issue for this state means; `null` where the state does not close it. */
export function closedKind(name: string, closed: ClosedStates): "completed" | "canceled" | null {
  const folded = name.trim().toLowerCase();
  if (folded === closed.completed.toLowerCase()) return "completed";
  return folded === closed.notPlanned.toLowerCase() ? "canceled" : null;
}
