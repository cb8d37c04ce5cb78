import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import { GitFailure } from "./git.ts";
import type { Look } from "./look.ts";
import { nestedRepositories } from "./nested-repositories.ts";
import { copyPlainFile, isPlainFile } from "./plain-file.ts";
import {
  gitFolderOf,
  isRealFolder,
  isRepository,
  linksIn,
  mayHaveLinks,
  type SubmoduleLink,
} from "./submodule-links.ts";
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

/** Far more than it takes, so that only a git that hangs is ended. */
const defaultLimitMs = 10 * 60_000;

interface Content {
  readonly tree: string;
  readonly nested: readonly string[];
}

/**
 * Reads worktrees and changes nothing in them: git gets a copy of the index. No git ever works in a repository inside
 * of one, because it would run the programs that the configuration there names.
 */
export class WorkReader {
  readonly #look: Pick<Look, "git" | "drafts">;
  readonly #limitMs: number;

  /** `limitMs` is the wall time of each call of git: a pipe in a worktree can hold it up for ever. */
  constructor(look: Pick<Look, "git" | "drafts">, limitMs: number = defaultLimitMs) {
    this.#look = look;
    this.#limitMs = limitMs;
  }

  /** Also works while a merge is unresolved and with a damaged index. Throws `GitFailure`. */
  async read(worktree: Worktree, signal: AbortSignal): Promise<WorkState> {
    const status = await this.#status(worktree, signal);
    if (status === null) return this.#readWithoutIndex(worktree, signal);
    const { head, entries } = status;
    const clean = { head, tree: null, dirty: false, nested: [] };
    const isClean = entries === "" && head !== null;
    if (isClean && !(await mayHaveLinks(join(worktree.gitDir, "index")))) return clean;
    const found = await this.#nested(worktree, entries);
    const { tree, nested } = await this.#contentDespiteGaps(worktree, found, signal);
    return isClean && nested.length === 0 ? clean : { head, tree, dirty: true, nested };
  }

  async #readWithoutIndex(worktree: Worktree, signal: AbortSignal): Promise<WorkState> {
    const [head, headTree] = await this.#head(worktree, signal);
    const { tree, nested } = await this.#content(worktree, [], "head", signal);
    return { head, tree, dirty: tree !== headTree, nested };
  }

  /** `null` where the index cannot be read. */
  async #status(worktree: Worktree, signal: AbortSignal): Promise<Status | null> {
    if (!(await isPlainFile(join(worktree.gitDir, "index")))) return null;
    const options = ["-z", "--untracked-files=all", "--ignore-submodules=dirty", "--no-renames"];
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

  /** What is staged may be missing: where an agent stages meanwhile, or where it was not whole. */
  async #contentDespiteGaps(
    worktree: Worktree,
    found: readonly string[],
    signal: AbortSignal,
  ): Promise<Content> {
    try {
      return await this.#content(worktree, found, "index", signal);
    } catch (error) {
      if (!(error instanceof GitFailure && /invalid object/.test(error.output))) throw error;
      return this.#content(worktree, found, "head", signal);
    }
  }

  /** `found`: repositories inside it that have changed, as far as they are known. */
  async #content(
    worktree: Worktree,
    found: readonly string[],
    start: "index" | "head" | "empty",
    signal: AbortSignal,
  ): Promise<Content> {
    const index = join(this.#look.drafts, randomUUID());
    const run = (...args: string[]): Promise<string> =>
      this.#run(args, worktree, signal, { GIT_INDEX_FILE: index });
    const forget = (path: string): Promise<string> =>
      // By force: otherwise git looks into it.
      run("rm", "--cached", "--force", "--quiet", "--ignore-unmatch", "-r", "--", literal(path));
    try {
      // With its time: what has changed in the second in which git wrote it, git finds by that alone.
      if (start === "index") await copyPlainFile(join(worktree.gitDir, "index"), index);
      if (start === "head") await run("read-tree", "HEAD");
      const links = (await mayHaveLinks(index))
        ? linksIn(await run("ls-files", "--stage", "-z"))
        : [];
      const there: SubmoduleLink[] = [];
      for (const link of links) {
        if (await isRealFolder(worktree.path, link.path)) there.push(link);
        else await forget(link.path);
      }
      const kept = new Set([...found, ...there.map(({ path }) => path)]);
      const excluded = [...kept].map((path) => `:(exclude,literal)${path}`);
      await run("add", "--all", "--", ".", ...excluded);
      const nested = new Map<string, string>();
      for (const path of found) nested.set(path, await this.#nestedTree(worktree, path, signal));
      for (const link of there) {
        if (nested.has(link.path)) continue;
        const tree = await this.#changedTree(worktree, link, signal);
        if (tree !== null) nested.set(link.path, tree);
      }
      for (const [path, tree] of nested) {
        await forget(path);
        await run("read-tree", `--prefix=${path}/`, tree);
      }
      return { tree: await run("write-tree"), nested: [...nested.keys()] };
    } finally {
      await rm(index, { force: true });
      await rm(`${index}.lock`, { force: true });
    }
  }

  /** What stands in a submodule, where that is not the commit that its link names; else `null`. */
  async #changedTree(
    worktree: Worktree,
    { path, commit }: SubmoduleLink,
    signal: AbortSignal,
  ): Promise<string | null> {
    const folder = join(worktree.path, path);
    if (!(await isRepository(folder))) return null;
    const tree = await this.#nestedTree(worktree, path, signal);
    const gitFolder = await gitFolderOf(folder);
    if (gitFolder === null) return tree;
    try {
      // Its objects are looked at under the configuration of the mirror.
      const objects = JSON.stringify(join(gitFolder, "objects"));
      const environment = { GIT_ALTERNATE_OBJECT_DIRECTORIES: objects };
      const args = ["rev-parse", "--verify", "--quiet", `${commit}^{tree}`];
      return (await this.#run(args, worktree, signal, environment)) === tree ? null : tree;
    } catch (error) {
      if (error instanceof GitFailure) return tree;
      throw error;
    }
  }

  async #nestedTree(worktree: Worktree, path: string, signal: AbortSignal): Promise<string> {
    const inside = { ...worktree, path: join(worktree.path, path) };
    const options = ["-z", "--untracked-files=all", "--no-renames"];
    const noIndex = join(this.#look.drafts, randomUUID());
    const status = await this.#run(["status", "--porcelain=v2", ...options], inside, signal, {
      GIT_INDEX_FILE: noIndex,
    });
    return (await this.#content(inside, await this.#nested(inside, status), "empty", signal)).tree;
  }

  /** A submodule whose folder is gone is an ordinary deletion. */
  async #nested(worktree: Worktree, status: string): Promise<string[]> {
    const there: string[] = [];
    for (const path of nestedRepositories(status)) {
      if (await isRealFolder(worktree.path, path)) there.push(path);
    }
    return there;
  }

  async #run(
    args: readonly string[],
    worktree: Worktree,
    signal: AbortSignal,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const limit = AbortSignal.timeout(this.#limitMs);
    try {
      return await this.#look.git.run(args, {
        folder: worktree.path,
        signal: AbortSignal.any([signal, limit]),
        environment: {
          GIT_DIR: worktree.gitDir,
          GIT_WORK_TREE: worktree.path,
          GIT_OPTIONAL_LOCKS: "0",
          ...environment,
        },
      });
    } catch (error) {
      signal.throwIfAborted();
      throw limit.aborted ? this.#hung(worktree) : error;
    }
  }

  #hung({ path }: Worktree): SignalboxError {
    return new SignalboxError(
      "workspace_git",
      `git had not read the worktree ${path} after ${this.#limitMs / 1_000} s.`,
      { remedy: `Look for a pipe named .gitignore or .gitattributes there: find ${path} -type p` },
    );
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

function literal(path: string): string {
  return `:(literal)${path}`;
}
