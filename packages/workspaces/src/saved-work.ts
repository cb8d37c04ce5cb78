import { join } from "node:path";
import { GitFailure } from "./git.ts";
import { ownGitFolder } from "./own-repository.ts";
import type { Git } from "./git.ts";
import { describe } from "./safe-path.ts";
import type { WorkspaceLocation } from "./safe-path.ts";
import type { WorkState } from "./work-state.ts";
import type { Worktree } from "./worktree.ts";
import { workspaceError } from "./workspace-error.ts";
import { despiteStaleLocks } from "./stale-lock.ts";

const identity = ["-c", "user.name=Signalbox", "-c", "user.email=signalbox@localhost"];
/** More than anybody removes one workspace with work in it. */
const maxSaved = 10_000;

/** Refs under `refs/signalbox/saved/<key>/` of the mirror: work that would otherwise go with its workspace. */
export class SavedWork {
  readonly #mirror: string;
  readonly #git: Git;

  constructor(mirror: string, git: Git) {
    this.#mirror = mirror;
    this.#git = git;
  }

  /**
   * Saves what only this worktree has: uncommitted content as a commit on top of its head, and a head that no ref
   * leads to. Resolves to the ref, or `null` where nothing would be lost. Throws `workspace_save`.
   */
  async save(
    workspace: WorkspaceLocation,
    worktree: Worktree,
    { read, isOnBranch }: { readonly read: () => Promise<WorkState>; readonly isOnBranch: boolean },
    signal: AbortSignal,
  ): Promise<string | null> {
    try {
      const work = await read();
      // A branch that is checked out keeps its own commits.
      const unreachable = isOnBranch ? null : work.head;
      const commit = work.dirty
        ? await this.#commit(workspace, work, signal)
        : await this.#unreachable(unreachable, signal);
      if (commit === null) return null;
      const ref = await this.#createRef(workspace.key, commit, signal);
      for (const [position, path] of work.nested.entries()) {
        const folder = await ownGitFolder(join(worktree.path, path), worktree);
        await this.#saveHistory(folder, `${ref}-repository-${position + 1}`, signal);
      }
      return ref;
    } catch (error) {
      throw workspaceError(
        "workspace_save",
        `${describe(workspace)} stays, because its work could not be saved`,
        error,
      );
    }
  }

  #commit(workspace: WorkspaceLocation, work: WorkState, signal: AbortSignal): Promise<string> {
    const parent = work.head === null ? [] : ["-p", work.head];
    const message = `Work of ${workspace.key} that was not committed`;
    const tree = work.tree ?? `${work.head}^{tree}`;
    return this.#run([...identity, "commit-tree", tree, ...parent, "-m", message], signal);
  }

  async #unreachable(head: string | null, signal: AbortSignal): Promise<string | null> {
    if (head === null) return null;
    const kept = ["--branches", "--tags", "--remotes", "--glob=refs/signalbox/saved"];
    const lost = await this.#run(["rev-list", "--count", head, "--not", ...kept], signal);
    return lost === "0" ? null : head;
  }

  async #createRef(key: string, commit: string, signal: AbortSignal): Promise<string> {
    const prefix = `refs/signalbox/saved/${key}/`;
    // Mostly it is the first one.
    for (let number = 1; ; number = Math.max(number, await this.#last(prefix, signal)) + 1) {
      const ref = `${prefix}${number}`;
      try {
        // All zeros: only if it is not there yet.
        await this.#run(["update-ref", ref, commit, "0".repeat(commit.length)], signal);
        return ref;
      } catch (error) {
        const isTaken = error instanceof GitFailure && /already exists/.test(error.output);
        if (!isTaken || number >= maxSaved) throw error;
      }
    }
  }

  async #last(prefix: string, signal: AbortSignal): Promise<number> {
    const listing = await this.#run(["for-each-ref", "--format=%(refname)", prefix], signal);
    const numbers = listing.split("\n").map((name) => Number(name.slice(prefix.length)));
    return Math.max(0, ...numbers.filter((number) => Number.isInteger(number)));
  }

  /** Commits of a repository inside the worktree that none of its own remotes has. */
  async #saveHistory(repository: string, prefix: string, signal: AbortSignal): Promise<void> {
    // Whatever its configuration says to fetch missing objects with is not run.
    const environment = { GIT_DIR: repository, GIT_ALLOW_PROTOCOL: "none" };
    const call = { folder: repository, signal, environment };
    const unpushed = await this.#git.run(
      ["rev-list", "--count", "--branches", "--not", "--remotes"],
      call,
    );
    if (unpushed === "0") return;
    const refspec = `+refs/heads/*:${prefix}/*`;
    await this.#run(["fetch", "--quiet", "--no-tags", repository, refspec], signal);
  }

  #run(args: readonly string[], signal: AbortSignal): Promise<string> {
    const call = { folder: this.#mirror, signal };
    return despiteStaleLocks(this.#mirror, () => this.#git.run(args, call));
  }
}
