import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { GitFailure } from "./git.ts";
import type { Git } from "./git.ts";
import type { Base, Mirror } from "./mirror.ts";
import { trackingRef } from "./base-branch.ts";
import { plainContent } from "./plain-file.ts";
import { isMissing } from "./safe-path.ts";
import { despiteStaleLocks } from "./stale-lock.ts";

const cleanUpLimitMs = 60_000;
/** As git itself marks a worktree while it makes it. */
const halfMade = "initializing";

/** More than any of the files that are read here. */
const maxTextBytes = 65_536;

/** Worktrees of other folders with the same name. */
const maxNamesakes = 100;

/** A worktree of the mirror. */
export interface Worktree {
  readonly path: string;
  /** Its git folder. git is pointed there, so that a `.git` file that an agent changed is never followed. */
  readonly gitDir: string;
  /** Its maker was killed. */
  readonly isHalfMade: boolean;
}

export interface Ahead {
  readonly count: number;
  readonly tip: { readonly commit: string; readonly tree: string } | null;
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

  /** The worktree of the mirror at `path`; `null` if there is none, whatever stands in the folder. */
  async find(path: string): Promise<Worktree | null> {
    return findWorktree(this.#mirror.path, path);
  }

  /**
   * Checks `branch` out at `path`, where nothing stands. A branch of an earlier life that has commits of its own is
   * taken up again. A failure leaves nothing but perhaps a branch without commits.
   */
  async add(path: string, branch: string, base: Base, signal: AbortSignal): Promise<AddedWorktree> {
    const gitDir = await this.#reserve(basename(path));
    let isFolderMine = false;
    try {
      await mkdir(path);
      isFolderMine = true;
      await register(path, gitDir, branch);
      const added = await this.#checkOut({ path, gitDir, isHalfMade: true }, branch, base, signal);
      await rm(join(gitDir, "locked"));
      return added;
    } catch (error) {
      if (isFolderMine) await rm(path, { recursive: true, force: true, maxRetries: 3 });
      await rm(gitDir, { recursive: true, force: true });
      throw error;
    }
  }

  /** Removes the locks of git in this worktree and on its branch. No git may be at work there. */
  async unlock({ gitDir }: Worktree, branch: string): Promise<void> {
    const names = (await readdir(gitDir)).filter((name) => name.endsWith(".lock"));
    const ref = join(this.#mirror.path, "refs", "heads", `${branch}.lock`);
    for (const lock of [...names.map((name) => join(gitDir, name)), ref]) {
      await rm(lock, { force: true, recursive: true });
    }
  }

  /**
   * Brings the git folder of a worktree that an earlier version has made out of the mirror, where git would look into it
   * whenever it fetches. One with submodules stays, since they lead to each other. No git may be at work there.
   */
  async moveOut({ path, gitDir }: Worktree): Promise<void> {
    const inMirror = join(this.#mirror.path, "worktrees");
    let place = gitDir;
    if (dirname(gitDir) === inMirror) {
      if (existsSync(join(gitDir, "modules"))) return;
      place = await this.#reserve(basename(path));
      const draft = join(gitDir, `commondir-${randomUUID()}`);
      // Not a relative one: it is right before the move and after it.
      await writeFile(draft, `${this.#mirror.path}\n`);
      await rename(draft, join(gitDir, "commondir"));
      await rename(gitDir, place);
    }
    const link = join(path, ".git");
    const text = await textOf(link);
    // Empty: this was interrupted.
    const isOld = text === "" || text?.startsWith(`gitdir: ${join(inMirror, "/")}`) === true;
    if (isOld) await writeFile(link, `gitdir: ${place}\n`);
  }

  /** The ref that its HEAD names; `null` where HEAD is a commit. */
  async head({ gitDir }: Worktree): Promise<string | null> {
    const text = await textOf(join(gitDir, "HEAD"));
    return text?.startsWith("ref: ") === true ? text.slice("ref: ".length).trim() : null;
  }

  /** As `commitsAhead`, with the newest of them and its tree. */
  async ahead(ref: string, known: readonly string[], signal: AbortSignal): Promise<Ahead> {
    const args = ["log", "--topo-order", "--format=%H %T", "--ignore-missing", ref, "--not"];
    const text = await this.#git.run([...args, ...known], { folder: this.#mirror.path, signal });
    const lines = text === "" ? [] : text.split("\n");
    const [commit, tree] = lines[0]?.split(" ") ?? [];
    const tip = commit === undefined || tree === undefined ? null : { commit, tree };
    return { count: lines.length, tip };
  }

  /** Commits of `ref` that no commit or ref of `known` leads to; those that do not exist (any more) are left out. */
  async commitsAhead(ref: string, known: readonly string[], signal: AbortSignal): Promise<number> {
    const args = ["rev-list", "--count", "--ignore-missing", ref, "--not", ...known];
    return Number(await this.#git.run(args, { folder: this.#mirror.path, signal }));
  }

  /** `null` where the two share no history. */
  async mergeBase(branch: string, commit: string, signal: AbortSignal): Promise<string | null> {
    try {
      const args = ["merge-base", `refs/heads/${branch}`, commit];
      return await this.#git.run(args, { folder: this.#mirror.path, signal });
    } catch (error) {
      if (error instanceof GitFailure && error.exitCode === 1) return null;
      throw error;
    }
  }

  /** Removes the folder and its git folder. Nothing is saved here. */
  async remove(path: string): Promise<void> {
    const worktree = await this.find(path);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
    if (worktree !== null) await rm(worktree.gitDir, { recursive: true, force: true });
  }

  /** Also where there is no such branch. */
  async deleteBranch(branch: string): Promise<void> {
    const signal = AbortSignal.timeout(cleanUpLimitMs);
    const args = ["update-ref", "-d", `refs/heads/${branch}`];
    const call = { folder: this.#mirror.path, signal };
    await despiteStaleLocks(this.#mirror.path, () => this.#git.run(args, call));
  }

  /** Makes the git folder of a worktree: of this name, or with a number where another worktree has it. */
  async #reserve(name: string): Promise<string> {
    const folder = worktreesBeside(this.#mirror.path);
    await mkdir(folder, { recursive: true });
    for (let number = 0; ; number += 1) {
      const gitDir = join(folder, number === 0 ? name : `${name}-${number}`);
      await forgetIfGone(gitDir);
      try {
        await mkdir(gitDir);
        return gitDir;
      } catch (error) {
        if (!isTaken(error) || number >= maxNamesakes) throw error;
      }
    }
  }

  async #checkOut(
    worktree: Worktree,
    branch: string,
    base: Base,
    signal: AbortSignal,
  ): Promise<AddedWorktree> {
    const call = {
      folder: worktree.path,
      signal,
      environment: { GIT_DIR: worktree.gitDir, GIT_WORK_TREE: worktree.path },
    };
    const run = (...args: string[]): Promise<string> =>
      despiteStaleLocks(this.#mirror.path, () =>
        this.#git.run(["checkout", "--quiet", ...args], call),
      );
    const fresh = { baseCommit: base.commit, branchIsNew: true };
    try {
      await run("--no-track", "-b", branch, base.commit);
      return fresh;
    } catch (error) {
      if (!(error instanceof GitFailure && /already exists/.test(error.output))) throw error;
    }
    const known = [trackingRef(base.branch), base.commit];
    if ((await this.commitsAhead(`refs/heads/${branch}`, known, signal)) === 0) {
      await run("--force", "--no-track", "-B", branch, base.commit);
      return fresh;
    }
    await run("--force", branch);
    const shared = await this.mergeBase(branch, base.commit, signal);
    return { baseCommit: shared ?? base.commit, branchIsNew: false };
  }
}

/**
 * Where the git folders of worktrees are. Not in the mirror: git would look at the HEAD and the index of each when it
 * fetches and when it cleans up, and fail at what an agent has there that is broken, or not taken over yet.
 */
function worktreesBeside(mirror: string): string {
  return join(dirname(mirror), "worktrees");
}

/** See `Worktrees.find`. */
export async function findWorktree(mirror: string, path: string): Promise<Worktree | null> {
  // Those made by earlier versions are in the mirror.
  for (const folder of [worktreesBeside(mirror), join(mirror, "worktrees")]) {
    // Named after its folder, so the first look nearly always finds it.
    for (const name of [basename(path), ...(await namesIn(folder))]) {
      const gitDir = join(folder, name);
      if ((await textOf(join(gitDir, "gitdir"))) !== join(path, ".git")) continue;
      const isHalfMade = (await textOf(join(gitDir, "locked"))) === halfMade;
      return { path, gitDir, isHalfMade };
    }
  }
  return null;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Writes what `git worktree add` writes (gitrepository-layout(5)). The lock says that it is not complete yet. */
async function register(path: string, gitDir: string, branch: string): Promise<void> {
  await writeFile(join(gitDir, "locked"), halfMade);
  await writeFile(join(gitDir, "gitdir"), `${join(path, ".git")}\n`);
  await writeFile(join(gitDir, "commondir"), "../../mirror.git\n");
  await writeFile(join(gitDir, "HEAD"), `ref: refs/heads/${branch}\n`);
  await writeFile(join(path, ".git"), `gitdir: ${gitDir}\n`);
}

/** Drops the entry of a worktree whose folder somebody deleted. */
async function forgetIfGone(gitDir: string): Promise<void> {
  const link = await textOf(join(gitDir, "gitdir"));
  const isGone = link === null || (await textOf(link)) === null;
  if (isGone) await rm(gitDir, { recursive: true, force: true });
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}

async function textOf(file: string): Promise<string | null> {
  return (await plainContent(file, maxTextBytes))?.toString().trim() ?? null;
}
