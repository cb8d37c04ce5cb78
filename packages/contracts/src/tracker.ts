import type { AgentTool, AgentToolResult } from "./backend.ts";
import type { Issue, StateKind } from "./issue.ts";
import type { JsonValue } from "./json.ts";

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
  /** Comments of people, oldest first, our own left out, written after `after` (RFC 3339; `null`: all). Asked for parked issues, and where an agent asks. */
  fetchComments?(
    issueId: string,
    after: string | null,
    signal: AbortSignal,
  ): Promise<readonly IssueComment[]>;
  /** Advisory marks for people who look at the tracker; the journal stays the authority. */
  claim?(issueId: string, order: { readonly key: string }, signal: AbortSignal): Promise<void>;
  release?(issueId: string, order: { readonly key: string }, signal: AbortSignal): Promise<void>;
  /** Puts a link (a pull request, a page) beside the issue. One link per URL, whatever times out. */
  attachLink?(issueId: string, order: LinkOrder, signal: AbortSignal): Promise<void>;
  /** Shows people what the agent is about, where the tracker has a place for it beside comments. Once per key. */
  reportActivity?(issueId: string, order: ActivityOrder, signal: AbortSignal): Promise<void>;
  /** Tools for agents beside those that follow from the other methods (read, comment, transition, link). */
  agentTools?(): readonly TrackerTool[];
  /** Verifies a delivery of the tracker's and says what it hints at. A hint wakes a poll; it is never a state by itself. */
  webhook?(request: WebhookRequest, signal: AbortSignal): Promise<WebhookReceipt>;
  describe?(signal: AbortSignal): Promise<TrackerDescription>;
  /** Frees sockets, locks and watchers. After it, no method may be called. */
  close?(): Promise<void>;
}

export type TrackerChanges = {
  /** Orders of people. The same one may be told again: the caller knows it by its key. */
  readonly signals?: readonly TrackerSignal[];
} & (
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
    }
);

/** A person's order that the tracker passes on. */
export interface TrackerSignal {
  /** Stop what runs for the issue, and start nothing for it until somebody changes it. */
  readonly kind: "stop";
  readonly issueId: string;
  /** Unique among the tracker's signals. */
  readonly key: string;
  /** RFC 3339, by the tracker's clock. */
  readonly at: string;
}

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

export interface LinkOrder {
  /** http or https. */
  readonly url: string;
  readonly title: string;
}

export interface ActivityOrder {
  readonly key: string;
  /** `working`: a step worth telling. `finished`, `failed` and `stopped` end what `started` began. */
  readonly kind: "started" | "working" | "question" | "finished" | "failed" | "stopped";
  /** Markdown. */
  readonly body: string;
}

/** A tool of the tracker's own for agents, performed by the daemon. */
export interface TrackerTool extends AgentTool {
  /**
   * `order.issueId` is the run's own issue, whatever the input says; a tool never reaches another one. Input that does
   * not fit is a `failed` result that says what is wrong. Repeating a call with the same key is harmless.
   */
  call(
    order: { readonly issueId: string; readonly input: JsonValue; readonly key: string },
    signal: AbortSignal,
  ): Promise<AgentToolResult>;
}

export interface WebhookRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it came: signatures are over bytes. Bounded by the caller. */
  readonly body: Uint8Array;
}

export type WebhookReceipt =
  /** `issueIds`: what to look at; `null`: anything in scope may have changed. */
  | {
      readonly kind: "accepted";
      /** Unique to the delivery: one that comes again is answered, and hints at nothing. */
      readonly deliveryKey: string;
      readonly issueIds: readonly string[] | null;
      readonly signals: readonly TrackerSignal[];
    }
  /** Genuine, and of no interest. */
  | { readonly kind: "ignored"; readonly reason: string }
  /** Not genuine, too old, or not readable; `reason` has no secret and may be answered to the sender. */
  | { readonly kind: "refused"; readonly status: 400 | 401 | 413; readonly reason: string };

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
