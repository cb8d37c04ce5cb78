import type { WorkspaceFingerprint, WorkspaceRef } from "@signalbox/contracts";
import type { WorkspaceLocation } from "./safe-path.ts";
import type { WorkspaceRecord } from "./workspace-record.ts";

/** What a workspace is made of beside its path. */
export type WorkspaceOrigin = Pick<
  WorkspaceRecord,
  "branch" | "branchIsNew" | "baseBranch" | "baseCommit"
>;

/** What was found in an existing folder: our workspace, the rest of one, or something of another owner. */
export type Found = WorkspaceOrigin | "unfinished" | "foreign";

/** One kind of workspace. Paths have been checked before, and calls for one path come one after the other. */
export interface WorkspaceStore {
  /** What is known of a workspace before it is made. */
  originOf(key: string): WorkspaceOrigin;
  /** Makes it where nothing stands; a failure leaves nothing behind. */
  create(location: WorkspaceLocation, signal: AbortSignal): Promise<WorkspaceOrigin>;
  /** Looks at a folder that exists. */
  find(
    location: WorkspaceLocation,
    record: WorkspaceRecord | null,
    signal: AbortSignal,
  ): Promise<Found>;
  /** Undoes a creation: folder, and branch where that was new. Also where there is nothing to undo. */
  discard(location: WorkspaceLocation, origin: WorkspaceOrigin | null): Promise<void>;
  fingerprint(
    workspace: WorkspaceRef,
    record: WorkspaceRecord | null,
    signal: AbortSignal,
  ): Promise<WorkspaceFingerprint>;
  /** The commit of its branch, where that needs no git process; `null`: unknown. */
  tip?(workspace: WorkspaceRef): Promise<string | null>;
  /** What a workspace holds that was made just now, where that can be told without looking at it each time. */
  contentOfNew?(
    workspace: WorkspaceRef,
    origin: WorkspaceOrigin,
    signal: AbortSignal,
  ): Promise<WorkspaceFingerprint | null>;
  /** Resolves to the ref that keeps work which stands nowhere else; throws `workspace_save`. */
  save(
    workspace: WorkspaceRef,
    record: WorkspaceRecord | null,
    signal: AbortSignal,
  ): Promise<string | null>;
  /** Removes it, or what the mirror still knows of it where the folder is gone. `savedRef` is what `save` gave. */
  remove(
    workspace: WorkspaceRef,
    record: WorkspaceRecord | null,
    savedRef: string | null,
    signal: AbortSignal,
  ): Promise<void>;
}
