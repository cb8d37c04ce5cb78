import { readFile, readdir, realpath, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { GitFailure } from "./git.ts";
import type { Git } from "./git.ts";
import type { Base, Mirror } from "./mirror.ts";
import { trackingRef } from "./mirror.ts";
import { isMissing } from "./safe-path.ts";
import { removeStaleLock } from "./stale-lock.ts";

const cleanUpLimitMs = 60_000;

/** A worktree as the mirror knows it. */
export interface Worktree {
  readonly path: string;
  /** The mirror's folder for it. git is pointed there, so that a `.git` file that an agent changed is never followed. */
  readonly gitDir: string;
  /** git was killed while it made this one. */
  readonly isHalfMade: boolean;
}

export interface AddedWorktree {
  /** Where the branch started: the base, or for a branch of an earlier life the commit that it shares with the base. */
  readonly baseCommit: string;
  readonly branchIsNew: boolean;
}

/** The worktrees of one mirror. */
export class Worktrees {
  readonly #mirror: Mirror;
  readonly #git: Git;

  constructor(mirror: Mirror, git: Git) {
    this.#mirror = mirror;
    this.#git = git;
  }

  /** The worktree that the mirror has at `path`; `null` if there is none, whatever stands in the folder. */
  async find(path: string): Promise<Worktree | null> {
    const folder = join(this.#mirror.path, "worktrees");
    // git names it after the folder, so the first look nearly always finds it.
    for (const name of [basename(path), ...(await namesIn(folder))]) {
      const gitDir = join(folder, name);
      const link = await textOf(join(gitDir, "gitdir"));
      if (link === null || (await realParent(link)) !== path) continue;
      const isHalfMade = (await textOf(join(gitDir, "locked"))) === "initializing";
      return { path, gitDir, isHalfMade };
    }
    return null;
  }

  /** Checks `branch` out at `path`. A branch of an earlier life with commits of its own is taken up again. */
  async add(path: string, branch: string, base: Base, signal: AbortSignal): Promise<AddedWorktree> {
    const fresh = ["worktree", "add", "--no-track", "-b", branch, path, base.commit];
    try {
      await this.#run(fresh, signal);
      return { baseCommit: base.commit, branchIsNew: true };
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      if (!(await removeStaleLock(this.#mirror.path, error))) await this.forget(path);
    }
    if (!(await this.hasBranch(branch, signal))) {
      await this.#run(fresh, signal);
      return { baseCommit: base.commit, branchIsNew: true };
    }
    const known = [trackingRef(base.branch), base.commit];
    if ((await this.commitsAhead(`refs/heads/${branch}`, known, signal)) === 0) {
      await this.#run(["worktree", "add", "--no-track", "-B", branch, path, base.commit], signal);
      return { baseCommit: base.commit, branchIsNew: true };
    }
    await this.#run(["worktree", "add", path, branch], signal);
    const shared = await this.mergeBase(branch, base.commit, signal);
    return { baseCommit: shared ?? base.commit, branchIsNew: false };
  }

  /** Commits of `ref` that no commit or ref of `known` leads to; those that do not exist (any more) are left out. */
  async commitsAhead(ref: string, known: readonly string[], signal: AbortSignal): Promise<number> {
    const args = ["rev-list", "--count", "--ignore-missing", ref, "--not", ...known];
    return Number(await this.#run(args, signal));
  }

  /** Removes the folder and the mirror's entry for it. Nothing is saved here. */
  async remove(path: string): Promise<void> {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
    await this.forget(path);
  }

  async deleteBranch(branch: string): Promise<void> {
    await this.#run(
      ["update-ref", "-d", `refs/heads/${branch}`],
      AbortSignal.timeout(cleanUpLimitMs),
    );
  }

  /** Drops the mirror's entry of a worktree whose folder is gone, also where a killed git has left it locked. */
  async forget(path: string): Promise<void> {
    const worktree = await this.find(path);
    if (worktree === null || (await textOf(join(path, ".git"))) !== null) return;
    await this.#mirror.exclusively(AbortSignal.timeout(cleanUpLimitMs), () =>
      rm(worktree.gitDir, { recursive: true, force: true }),
    );
  }

  async hasBranch(branch: string, signal: AbortSignal): Promise<boolean> {
    const ref = `refs/heads/${branch}`;
    return (await this.#run(["for-each-ref", "--format=x", ref], signal)) !== "";
  }

  async mergeBase(branch: string, commit: string, signal: AbortSignal): Promise<string | null> {
    try {
      return await this.#run(["merge-base", `refs/heads/${branch}`, commit], signal);
    } catch (error) {
      if (error instanceof GitFailure && error.exitCode === 1) return null;
      throw error;
    }
  }

  #run(args: readonly string[], signal: AbortSignal): Promise<string> {
    return this.#git.run(args, { folder: this.#mirror.path, signal });
  }
}

async function realParent(link: string): Promise<string> {
  const parent = dirname(link.trim());
  try {
    return join(await realpath(dirname(parent)), basename(parent));
  } catch (error) {
    if (isMissing(error)) return parent;
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function textOf(file: string): Promise<string | null> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
