import type { JsonObject } from "./json.ts";

/** What a tracker's state means for the work: has it begun, is it over. `null` on an issue where the adapter cannot tell. */
export type StateKind = "unstarted" | "started" | "completed" | "canceled";

/** One unit of work as a tracker adapter delivers it: normalised, complete, free of secrets. */
export interface Issue {
  /** Stable key within the tracker's scope. Never empty. */
  readonly id: string;
  /** What people call it (`ABC-12`, `#42`, a title's slug). Never empty, not necessarily unique over time. */
  readonly identifier: string;
  readonly title: string;
  readonly description: string | null;
  /** The tracker's own word, its spelling kept. Compared trimmed and lower-cased. Never empty. */
  readonly state: string;
  readonly stateKind: StateKind | null;
  /** 1 (most urgent) to 4; anything else is `null`. */
  readonly priority: number | null;
  /** Trimmed, lower-cased, unique, no blanks. */
  readonly labels: readonly string[];
  readonly blockedBy: readonly IssueBlocker[];
  readonly assignee: string | null;
  /** The branch that the tracker proposes, if it does so. */
  readonly branchName: string | null;
  /** http or https only. */
  readonly url: string | null;
  /** RFC 3339, or `null`. */
  readonly createdAt: string | null;
  /** RFC 3339, or `null`. */
  readonly updatedAt: string | null;
  /** `null`: may be dispatched. Otherwise why this issue must not run; it is listed all the same. */
  readonly notDispatchable: string | null;
  /** The provider's own ids, for tools and links. JSON-safe, no secret. */
  readonly nativeRef: JsonObject;
}

/** Something that must be resolved before an issue may start. */
export interface IssueBlocker {
  /** `null` where the text names no issue that the tracker knows: it blocks until somebody mends the text. */
  readonly id: string | null;
  /** The blocker's identifier, or the unresolved text. Never empty. */
  readonly identifier: string;
  /** `null`: unknown, which blocks. */
  readonly state: string | null;
  readonly stateKind: StateKind | null;
}
