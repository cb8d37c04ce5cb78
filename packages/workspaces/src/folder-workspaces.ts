import { mkdir, readdir, rm } from "node:fs/promises";
import type { WorkspaceFingerprint, WorkspaceRef } from "@signalbox/contracts";
import { folderContent } from "./folder-content.ts";
import { assertSafeWorkspace, inspectWorkspacePath, occupied } from "./safe-path.ts";
import type { WorkspaceLocation } from "./safe-path.ts";
import type { WorkspaceRecord } from "./workspace-record.ts";
import type { Found, WorkspaceOrigin, WorkspaceStore } from "./workspace-store.ts";

const plainFolder: WorkspaceOrigin = {
  branch: null,
  branchIsNew: false,
  baseBranch: null,
  baseCommit: null,
};

/** Workspaces that are plain folders, filled by the `after_create` hook. There is no ref to save their content to. */
export class FolderWorkspaces implements WorkspaceStore {
  originOf(): WorkspaceOrigin {
    return plainFolder;
  }

  async create(location: WorkspaceLocation): Promise<WorkspaceOrigin> {
    await mkdir(location.path);
    return plainFolder;
  }

  async find(location: WorkspaceLocation, record: WorkspaceRecord | null): Promise<Found> {
    if (record !== null) return plainFolder;
    return (await readdir(location.path)).length === 0 ? "unfinished" : "foreign";
  }

  async discard(location: WorkspaceLocation): Promise<void> {
    await rm(location.path, { recursive: true, force: true, maxRetries: 3 });
  }

  async fingerprint(
    workspace: WorkspaceRef,
    _record: WorkspaceRecord | null,
    signal: AbortSignal,
  ): Promise<WorkspaceFingerprint> {
    await assertSafeWorkspace(workspace);
    const { digest, isEmpty } = await folderContent(workspace.path, signal);
    return { digest, head: null, commitsAhead: 0, dirty: !isEmpty };
  }

  save(): Promise<null> {
    return Promise.resolve(null);
  }

  async remove(workspace: WorkspaceRef, record: WorkspaceRecord | null): Promise<void> {
    if (record === null && (await inspectWorkspacePath(workspace)) === "folder") {
      throw occupied(workspace, "was not made by Signalbox");
    }
    await this.discard(workspace);
  }
}
