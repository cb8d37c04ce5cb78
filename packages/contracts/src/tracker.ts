import type { Issue, StateKind } from "./issue.ts";

/**
 * One issue source. Every method is complete or throws a `SignalboxError` with a `TrackerErrorCode`: never a
 * partial answer. An aborted `signal` rejects with the signal's reason within a second. Methods may be called
 * concurrently. What an adapter cannot do, it does not have.
 */
export interface Tracker {
  /** Every issue in scope whose state is one of `states` (compared trimmed, lower-cased). No states: no request, no issues. */
  fetchIssuesByStates(states: readonly string[], signal: AbortSignal): Promise<readonly Issue[]>;
  /** Full snapshots of the issues that exist and are visible, each once; gone ones are left out. No ids: no request. */
  fetchIssuesByIds(ids: readonly string[], signal: AbortSignal): Promise<readonly Issue[]>;
  /** What changed since `cursor`, over every state in scope. `null` asks for everything. The cursor is opaque to the caller. */
  fetchChanges?(cursor: string | null, signal: AbortSignal): Promise<TrackerChanges>;
  /** Compares, writes, reads back. Repeating it with the same `key` is harmless. */
  transition?(
    issueId: string,
    order: TransitionOrder,
    signal: AbortSignal,
  ): Promise<TransitionResult>;
  /** Creates the comment with this key, or replaces its body. One comment per key, whatever times out. */
  ensureComment?(
    issueId: string,
    order: CommentOrder,
    signal: AbortSignal,
  ): Promise<CommentReceipt>;
  /** Comments of people, oldest first, our own left out, written after `after` (RFC 3339; `null`: all). Asked for parked issues only. */
  fetchComments?(
    issueId: string,
    after: string | null,
    signal: AbortSignal,
  ): Promise<readonly IssueComment[]>;
  /** Advisory marks for people who look at the tracker; the journal stays the authority. */
  claim?(issueId: string, order: { readonly key: string }, signal: AbortSignal): Promise<void>;
  release?(issueId: string, order: { readonly key: string }, signal: AbortSignal): Promise<void>;
  describe?(signal: AbortSignal): Promise<TrackerDescription>;
  /** Frees sockets, locks and watchers. After it, no method may be called. */
  close?(): Promise<void>;
}

export type TrackerChanges =
  | { readonly kind: "unchanged"; readonly cursor: string }
  /** `issues` is everything in scope: what it lacks is gone. */
  | {
      readonly kind: "full";
      readonly cursor: string;
      readonly issues: readonly Issue[];
      readonly problems?: readonly TrackerProblem[];
    }
  | {
      readonly kind: "changes";
      readonly cursor: string;
      readonly issues: readonly Issue[];
      readonly removedIds: readonly string[];
      readonly problems?: readonly TrackerProblem[];
    };

/** A record that could not be read as an issue, or only in part. It hides no other record. */
export interface TrackerProblem {
  /** Where it stands, for a person: `docs/roadmap.md:41`, `ABC-12`. */
  readonly where: string;
  readonly message: string;
  readonly remedy: string | null;
}

export interface TransitionOrder {
  /** The state that the issue is believed to be in; another one is a conflict. `null`: any. */
  readonly from: string | null;
  readonly to: string;
  /** Idempotency key. */
  readonly key: string;
}

export type TransitionResult =
  /** Read back after the write. */
  | { readonly kind: "confirmed"; readonly issue: Issue }
  /** Somebody else moved it: nothing was written. */
  | { readonly kind: "conflict"; readonly issue: Issue }
  /** The tracker took the call and did not change the issue, or cannot do so. */
  | { readonly kind: "rejected"; readonly reason: string };

export interface CommentOrder {
  readonly key: string;
  /** Markdown. */
  readonly body: string;
}

export interface CommentReceipt {
  /**
   * RFC 3339, by the tracker's own clock: when this body was written first. Writing the same body again leaves it as it
   * was. `null` where the tracker does not say.
   */
  readonly writtenAt: string | null;
}

export interface IssueComment {
  readonly id: string;
  readonly author: string | null;
  readonly body: string;
  /** RFC 3339. */
  readonly createdAt: string;
}

export interface TrackerDescription {
  /** The tracker's scope: with an issue's id it makes the key that the journal uses. */
  readonly scope: string;
  readonly url: string | null;
  readonly states: readonly { readonly name: string; readonly kind: StateKind | null }[];
  /** Absolute paths of files that the tracker edits in place: a delivery never changes them. */
  readonly files?: readonly string[];
}

/** What a tracker adapter supplies for keys that the workflow file leaves out. */
export interface TrackerDefaults {
  readonly activeStates: readonly string[];
  readonly terminalStates: readonly string[];
  readonly states: StateMapping;
}

/** Which state is written when. A missing key writes nothing. */
export interface StateMapping {
  readonly running?: string;
  readonly succeeded?: string;
  readonly needsHuman?: string;
}
