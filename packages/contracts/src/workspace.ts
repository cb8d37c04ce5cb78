/** Makes, inspects and removes the place where an agent works on one issue. */
export interface WorkspaceProvider {
  /**
   * Creates the workspace or finds it as it was left. Untouched when it exists. A failure leaves nothing behind.
   * Safe to call concurrently for different issues.
   */
  prepare(order: WorkspaceOrder, signal: AbortSignal): Promise<Workspace>;
  /**
   * Names the issues that are likely to be prepared next, best first. The provider may make their workspaces ahead of
   * time, and undoes those that it made for issues which are not named any more. Called without any at start.
   */
  expect?(orders: readonly WorkspaceOrder[], signal: AbortSignal): Promise<void>;
  /**
   * A digest of tracked and untracked content: it changes when, and only when, that content changes; and how far
   * the branch is ahead of its base.
   */
  fingerprint(workspace: WorkspaceRef, signal: AbortSignal): Promise<WorkspaceFingerprint>;
  /** The commit of its branch, where it can be read at once; `null`: unknown. */
  tip?(workspace: WorkspaceRef): Promise<string | null>;
  /**
   * Removes it by its recorded path. Work that stands nowhere else (uncommitted, untracked, commits in no other
   * ref) is saved to a ref first; if that cannot be done, it throws `workspace_save` and removes nothing.
   * A workspace that is not there any more is a success.
   */
  remove(workspace: WorkspaceRef, signal: AbortSignal): Promise<WorkspaceRemoval>;
}

export interface WorkspaceOrder {
  readonly issueId: string;
  readonly identifier: string;
}

/** What is recorded of a workspace, and enough to find it again after a reload of the configuration. */
export interface WorkspaceRef {
  readonly issueId: string;
  readonly identifier: string;
  /** `[A-Za-z0-9._-]`; distinct issues never share one. */
  readonly key: string;
  /** Absolute, strictly inside the root. */
  readonly path: string;
  /** `signalbox/<key>`; `null` for plain folders. */
  readonly branch: string | null;
  /** The commit that the branch started from; `null` for plain folders. */
  readonly baseCommit: string | null;
}

export interface Workspace extends WorkspaceRef {
  /** True for exactly one `prepare`. */
  readonly createdNow: boolean;
  /** What stands in it, where it was made just now and no hook has run: `fingerprint` would say the same. */
  readonly fingerprint?: WorkspaceFingerprint;
}

export interface WorkspaceFingerprint {
  readonly digest: string;
  /** `null` for plain folders. */
  readonly head: string | null;
  /** Commits on the branch that its base does not have; 0 for plain folders. */
  readonly commitsAhead: number;
  /** Whether anything is uncommitted or untracked. */
  readonly dirty: boolean;
}

export interface WorkspaceRemoval {
  /** Full name of the ref that keeps otherwise lost work; `null` if there was none. */
  readonly savedRef: string | null;
}
