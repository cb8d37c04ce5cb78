import type { WorkspaceRef } from "./workspace.ts";

/** Hands finished work over. Only commits on the workspace's branch count; nothing is ever forced. */
export interface Delivery {
  /**
   * Idempotent by `key`: after a crash the same order finds what the first one did. One at a time per base branch.
   * Throws only for programming errors; all else is a result.
   */
  deliver(order: DeliveryOrder, signal: AbortSignal): Promise<DeliveryResult>;
  /** Delivered commits by issue identifier, read from what was delivered itself. Asked when the journal is empty. */
  findDelivered?(signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
}

export interface DeliveryOrder {
  readonly key: string;
  readonly issueIdentifier: string;
  readonly issueTitle: string;
  readonly workspace: WorkspaceRef;
}

export type DeliveryResult =
  | {
      readonly kind: "delivered";
      /** The delivered commit, as it stands in the target; `null` where `delivery.kind` is none. */
      readonly commit: string | null;
      /** Branch that holds it. */
      readonly branch: string | null;
      /** What a person should know: a dropped change to the tracker file, for example. */
      readonly notes: readonly string[];
    }
  /** The branch has no commit that its base lacks. */
  | { readonly kind: "empty" }
  /** The base moved and both sides changed the same lines: back to the agent. */
  | { readonly kind: "conflict"; readonly files: readonly string[]; readonly detail: string }
  /** The workflow's check failed on the merged result: back to the agent. */
  | { readonly kind: "check-failed"; readonly output: string }
  /** Something only a person can clear is in the way; asked again later. */
  | { readonly kind: "waiting"; readonly reason: string; readonly remedy: string }
  | { readonly kind: "failed"; readonly message: string; readonly retryable: boolean };
