import { normalizeState } from "./issue/normalize-state.ts";

/** An effect that was decided and not yet confirmed. Recovery performs every one of them again, under the same key. */
export type Order =
  | {
      readonly kind: "transition-issue";
      readonly key: string;
      readonly issueId: string;
      readonly purpose: "running" | "succeeded" | "needs-human";
      readonly from: string | null;
      readonly to: string;
      readonly tries: number;
      /** `null`: under way. */
      readonly retryAt: number | null;
      readonly doubt?: Doubt;
    }
  | {
      readonly kind: "write-comment";
      readonly key: string;
      readonly issueId: string;
      readonly comment: CommentFacts;
      readonly tries: number;
      readonly retryAt: number | null;
      readonly doubt?: Doubt;
    }
  /** The advisory mark in the tracker, set or taken away: one of the two at most is outstanding per issue. */
  | {
      readonly kind: "write-claim";
      readonly key: string;
      readonly issueId: string;
      readonly tries: number;
      readonly retryAt: number | null;
      readonly doubt?: Doubt;
    }
  | {
      readonly kind: "release-claim";
      readonly key: string;
      readonly issueId: string;
      readonly tries: number;
      readonly retryAt: number | null;
      readonly doubt?: Doubt;
    }
  | {
      readonly kind: "clean-workspace";
      readonly key: string;
      readonly issueId: string;
      readonly tries: number;
      readonly retryAt: number | null;
    };

/**
 * A request about this that nobody has answered may still be on its way, and undo what was written after it. The order
 * is then kept until that can happen no more, and what may have been undone is written again.
 */
export interface Doubt {
  /** Epoch milliseconds. */
  readonly until: number;
  /** Those (normalised) that such a request would write. Empty but for states. */
  readonly states: readonly string[];
  /** The tracker has confirmed it: all that is left is to write it again. */
  readonly isWritten: boolean;
}

/** What a comment says; the shell words it. */
export interface CommentFacts {
  /** One living comment per issue and topic. */
  readonly topic: "progress" | "parked";
  readonly status: "running" | "retrying" | "delivering" | "delivered" | "parked" | "stopped";
  readonly runs: number;
  readonly detail: string | null;
  readonly branch: string | null;
  readonly commit: string | null;
  readonly tokens: number | null;
  readonly costUsd: number | null;
}

/** The doubt of an order of which a request was given up that may be made until then. */
export function doubtOf(order: Exclude<Order, { kind: "clean-workspace" }>, until: number): Doubt {
  const { doubt } = order;
  const states = new Set(doubt?.states);
  if (order.kind === "transition-issue") states.add(normalizeState(order.to));
  return {
    until: Math.max(until, doubt?.until ?? until),
    states: [...states],
    isWritten: doubt?.isWritten ?? false,
  };
}
