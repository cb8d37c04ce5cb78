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
    }
  | {
      readonly kind: "write-comment";
      readonly key: string;
      readonly issueId: string;
      readonly comment: CommentFacts;
      readonly tries: number;
      readonly retryAt: number | null;
    }
  /** The advisory mark in the tracker, set or taken away: one of the two at most is outstanding per issue. */
  | {
      readonly kind: "write-claim";
      readonly key: string;
      readonly issueId: string;
      readonly tries: number;
      readonly retryAt: number | null;
    }
  | {
      readonly kind: "release-claim";
      readonly key: string;
      readonly issueId: string;
      readonly tries: number;
      readonly retryAt: number | null;
    }
  | {
      readonly kind: "clean-workspace";
      readonly key: string;
      readonly issueId: string;
      readonly tries: number;
      readonly retryAt: number | null;
    };

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
