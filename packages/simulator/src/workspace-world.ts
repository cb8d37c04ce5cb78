import {
  SignalboxError,
  type WorkspaceFingerprint,
  type WorkspaceProvider,
  type WorkspaceRef,
} from "@signalbox/contracts";
import type { DaemonLife } from "./daemon-life.ts";
import type { World } from "./world.ts";

interface Workspace {
  readonly ref: WorkspaceRef;
  content: number;
  commits: number;
  dirty: boolean;
}

/** The folders that agents work in. */
export class WorkspaceWorld {
  readonly #workspaces = new Map<string, Workspace>();

  prepare(issueId: string, identifier: string): WorkspaceRef {
    const known = this.#workspaces.get(issueId);
    if (known !== undefined) return known.ref;
    const ref: WorkspaceRef = {
      issueId,
      identifier,
      key: issueId,
      path: `/simulated/${issueId}`,
      branch: `signalbox/${issueId}`,
      baseCommit: "base",
    };
    this.#workspaces.set(issueId, { ref, content: 0, commits: 0, dirty: false });
    return ref;
  }

  fingerprint(issueId: string): WorkspaceFingerprint {
    const { content, commits, dirty } = this.#workspaces.get(issueId) ?? empty;
    const head = `${issueId}-${commits}`;
    return { digest: `${issueId}:${content}`, head, commitsAhead: commits, dirty };
  }

  /** An agent changes files; `commit`: and commits them. */
  change(issueId: string, commit: boolean): void {
    const workspace = this.#workspaces.get(issueId);
    if (workspace === undefined) return;
    workspace.content += 1;
    workspace.dirty = !commit;
    if (commit) workspace.commits += 1;
  }

  remove(issueId: string): void {
    this.#workspaces.delete(issueId);
  }
}

const empty = { content: 0, commits: 0, dirty: false };

/** The `WorkspaceProvider` port of one daemon. */
export function createSimulatedWorkspaces(life: DaemonLife, world: World): WorkspaceProvider {
  const { workspaces, runs, faults, auditor } = world;
  return {
    prepare: ({ issueId, identifier }, signal) =>
      life.call(
        "prepare",
        issueId,
        [50, 500],
        ({ resolve }) => resolve({ ...workspaces.prepare(issueId, identifier), createdNow: false }),
        signal,
      ),
    fingerprint: ({ issueId }, signal) =>
      life.call(
        "fingerprint",
        issueId,
        [5, 50],
        ({ resolve }) => resolve(workspaces.fingerprint(issueId)),
        signal,
      ),
    remove: ({ issueId }, signal) =>
      life.call(
        "remove",
        issueId,
        [50, 800],
        ({ resolve, reject }) => {
          const user = runs.liveIn(issueId);
          if (user !== null) {
            // What a newer daemon started is guarded by the run's lock against one that was overtaken.
            if (life.epoch === world.disk.epoch)
              auditor.report(
                "workspace-in-use",
                `${issueId} was to be removed under ${user.runId}`,
              );
            reject(new SignalboxError("workspace_occupied", `${user.runId} works in ${issueId}`));
          } else if (faults.strikes("host")) {
            faults.count("workspace not removed");
            reject(
              new SignalboxError("workspace_git", "an index lock is in the way", {
                retryable: true,
              }),
            );
          } else {
            workspaces.remove(issueId);
            resolve({ savedRef: null });
          }
        },
        signal,
      ),
  };
}
