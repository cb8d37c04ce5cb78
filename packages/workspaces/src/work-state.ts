import { randomUUID } from "node:crypto";
import { copyFile, lstat, rm } from "node:fs/promises";
import { join } from "node:path";
import { GitFailure } from "./git.ts";
import type { Git } from "./git.ts";
import { nestedRepositories } from "./nested-repositories.ts";
import { isMissing } from "./safe-path.ts";
import type { Worktree } from "./worktree.ts";

/** What stands in a worktree at one moment. */
export interface WorkState {
  /** `null` where the branch has no commit. */
  readonly head: string | null;
  /**
   * Id of a git tree of everything tracked and untracked, in the mirror's object store; `null`: that of `head`. Ignored
   * files are left out; repositories inside the worktree count as plain folders.
   */
  readonly tree: string | null;
  readonly dirty: boolean;
  /** Relative paths of repositories inside the worktree that hold changes. */
  readonly nested: readonly string[];
}

interface Status {
  /** `null` where the branch has no commit. */
  readonly head: string | null;
  /** What differs from it. */
  readonly entries: string;
}

/** Reads worktrees and changes nothing in them: git gets a copy of the index, and no `.git` of theirs is followed. */
export class WorkReader {
  readonly #git: Git;

  constructor(git: Git) {
    this.#git = git;
  }

  /** Also works while a merge is unresolved and with a damaged index. Throws `GitFailure`. */
  async read(worktree: Worktree, signal: AbortSignal): Promise<WorkState> {
    const status = await this.#status(worktree, signal);
    if (status === null) return this.#readWithoutIndex(worktree, signal);
    const { head, entries } = status;
    if (entries === "" && head !== null) return { head, tree: null, dirty: false, nested: [] };
    const nested = await this.#nested(worktree, entries);
    const tree = await this.#contentTree(worktree, nested, "index", signal);
    return { head, tree, dirty: true, nested };
  }

  async #readWithoutIndex(worktree: Worktree, signal: AbortSignal): Promise<WorkState> {
    const [head, headTree] = await this.#head(worktree, signal);
    const nested = await this.#nested(worktree, "");
    const tree = await this.#contentTree(worktree, nested, "head", signal);
    return { head, tree, dirty: tree !== headTree, nested };
  }

  /** `null` where the index cannot be read. */
  async #status(worktree: Worktree, signal: AbortSignal): Promise<Status | null> {
    const options = ["-z", "--untracked-files=all", "--ignore-submodules=none", "--no-renames"];
    try {
      const text = await this.#run(
        ["status", "--porcelain=v2", "--branch", ...options],
        worktree,
        signal,
      );
      return parseStatus(text);
    } catch (error) {
      if (error instanceof GitFailure && /\bindex\b/.test(error.output)) return null;
      throw error;
    }
  }

  async #head(worktree: Worktree, signal: AbortSignal): Promise<[string | null, string | null]> {
    try {
      const ids = await this.#run(["rev-parse", "HEAD", "HEAD^{tree}"], worktree, signal);
      const [head = null, tree = null] = ids.split("\n");
      return [head, tree];
    } catch (error) {
      if (error instanceof GitFailure && /unknown revision|ambiguous/.test(error.output)) {
        return [null, null];
      }
      throw error;
    }
  }

  async #contentTree(
    worktree: Worktree,
    nested: readonly string[],
    start: "index" | "head" | "empty",
    signal: AbortSignal,
  ): Promise<string> {
    const index = join(worktree.gitDir, `signalbox-index-${randomUUID()}`);
    const run = (...args: string[]): Promise<string> =>
      this.#run(args, worktree, signal, { GIT_INDEX_FILE: index });
    try {
      if (start === "index") await copyIfThere(join(worktree.gitDir, "index"), index);
      if (start === "head") await run("read-tree", "HEAD");
      const excluded = nested.map((path) => `:(exclude,literal)${path}`);
      await run("add", "--all", "--", ".", ...excluded);
      for (const path of nested) {
        await run("rm", "--cached", "--quiet", "--ignore-unmatch", "-r", "--", `:(literal)${path}`);
        const content = await this.#nestedTree(worktree, path, signal);
        await run("read-tree", `--prefix=${path}/`, content);
      }
      return await run("write-tree");
    } finally {
      await rm(index, { force: true });
      await rm(`${index}.lock`, { force: true });
    }
  }

  async #nestedTree(worktree: Worktree, path: string, signal: AbortSignal): Promise<string> {
    const inside = { ...worktree, path: join(worktree.path, path) };
    const options = ["-z", "--untracked-files=all", "--no-renames"];
    const noIndex = join(worktree.gitDir, `signalbox-index-${randomUUID()}`);
    const status = await this.#run(["status", "--porcelain=v2", ...options], inside, signal, {
      GIT_INDEX_FILE: noIndex,
    });
    return this.#contentTree(inside, await this.#nested(inside, status), "empty", signal);
  }

  /** A submodule whose folder is gone is an ordinary deletion. */
  async #nested(worktree: Worktree, status: string): Promise<string[]> {
    const there: string[] = [];
    for (const path of nestedRepositories(status)) {
      if (await isRealFolder(join(worktree.path, path))) there.push(path);
    }
    return there;
  }

  #run(
    args: readonly string[],
    worktree: Worktree,
    signal: AbortSignal,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    return this.#git.run(args, {
      folder: worktree.path,
      signal,
      environment: {
        GIT_DIR: worktree.gitDir,
        GIT_WORK_TREE: worktree.path,
        GIT_OPTIONAL_LOCKS: "0",
        ...environment,
      },
    });
  }
}

/** The headers of `git status --porcelain=v2 --branch -z` come first. */
function parseStatus(text: string): Status {
  const lines = text.split("\0");
  const oid = lines.find((line) => line.startsWith("# branch.oid "))?.slice("# branch.oid ".length);
  return {
    head: oid === undefined || oid === "(initial)" ? null : oid,
    entries: lines.filter((line) => !line.startsWith("# ")).join("\0"),
  };
}

async function copyIfThere(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function isRealFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
