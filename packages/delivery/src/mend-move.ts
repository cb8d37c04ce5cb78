import { randomUUID } from "node:crypto";
import { copyFile, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DeliveryProblem } from "./delivery-problem.ts";
import { removeLock, stateOfLock, type LockPlace } from "./left-lock.ts";
import { livingGits } from "./living-git.ts";
import { dropNote, noteFile, readNote, type KeptNote } from "./move-note.ts";
import { movedPaths, WorkTree, type MovedPath, type Side } from "./moved-path.ts";
import { hasCode } from "./system-error.ts";
import type { TargetRepository } from "./target-repository.ts";

/** The folders of git's own that belong to a checkout; a worktree shares one of them with others. */
interface GitFolders {
  readonly own: string;
  readonly common: string;
}

/**
 * Mends what a git that was killed has left of moving a checkout: its locks, and files of both commits. Where git had
 * written them all, the branch moves on; else they are brought back to where the checkout stands. What somebody has
 * edited since is not touched. Throws a retryable `DeliveryProblem` while somebody may still be at work there.
 */
export async function mendMove(
  checkout: string,
  target: TargetRepository,
  signal: AbortSignal,
): Promise<void> {
  const file = noteFile(target.stateDir, checkout);
  const note = await readNote(file);
  if (note === null) return;
  const gits = await livingGits();
  if (gits === null) return;
  if (gits.some(({ args }) => args.includes("--ff-only") && args.includes(note.to))) {
    throw atWork(checkout, "it is being moved");
  }
  await new Mending(note, target, signal).mend();
  await dropNote(file);
}

class Mending {
  readonly #note: KeptNote;
  readonly #target: TargetRepository;
  readonly #signal: AbortSignal;

  constructor(note: KeptNote, target: TargetRepository, signal: AbortSignal) {
    this.#note = note;
    this.#target = target;
    this.#signal = signal;
  }

  async mend(): Promise<void> {
    const folders = await this.#gitFolders();
    const left = await this.#leftLocks(folders);
    const { branch, from, to } = this.#note;
    const reference = `refs/heads/${branch}`;
    const head = await this.#git(["rev-parse", "--verify", "HEAD"]);
    const isThere = (await this.#ask(["symbolic-ref", "--quiet", "HEAD"])) === reference;
    if (isThere && head === from) {
      const paths = await movedPaths(from, to, this.#target, this.#signal);
      const index = await this.#index();
      const isWritten = paths.every((moved) => agrees(index, moved.path, moved.to));
      const lock = left.find((place) => place.lock === indexLock(folders));
      if (isWritten) {
        for (const place of left) await removeLock(place);
        await this.#git(["update-ref", "-m", "merge: Fast-forward", reference, to, from]);
      } else if (lock !== undefined) {
        const begun = paths.filter((moved) => agrees(index, moved.path, moved.from));
        await this.#takeBack(begun, folders, lock);
      }
    }
    for (const place of left) await removeLock(place);
  }

  async #gitFolders(): Promise<GitFolders> {
    const args = ["rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir"];
    const [own = "", common = ""] = (await this.#git(args)).split("\n");
    return { own, common };
  }

  /** All that git makes while it fast-forwards, as far as it was left behind. */
  async #leftLocks(folders: GitFolders): Promise<readonly LockPlace[]> {
    const { own, common } = folders;
    const { path, branch, writtenAt } = this.#note;
    const locks = [
      indexLock(folders),
      join(own, "HEAD.lock"),
      join(own, "ORIG_HEAD.lock"),
      join(common, "refs", "heads", `${branch}.lock`),
    ];
    const left: LockPlace[] = [];
    for (const lock of locks) {
      const place = { lock, folders: [path, common], since: writtenAt };
      const state = await stateOfLock(place);
      if (state === "held") throw atWork(path, `${lock} may belong to somebody who is alive`);
      if (state === "left") left.push(place);
    }
    return left;
  }

  /** Path → mode, blob and stage. */
  async #index(): Promise<ReadonlyMap<string, string>> {
    const entries = (await this.#git(["ls-files", "--stage", "-z"])).split("\0");
    return new Map(
      entries.map((entry) => {
        const [what = "", path = ""] = entry.split("\t", 2);
        return [path, what];
      }),
    );
  }

  /** Under git's own lock, which keeps every other git out until it is removed. */
  async #takeBack(
    paths: readonly MovedPath[],
    folders: GitFolders,
    lock: LockPlace,
  ): Promise<void> {
    const { path: folder, writtenAt } = this.#note;
    const tree = new WorkTree(folder, writtenAt, this.#target, this.#signal);
    const sparse = await this.#sparsePaths();
    const missing: string[] = [];
    for (const moved of paths) {
      if (sparse.has(moved.path)) continue;
      const state = await tree.stateOf(moved);
      if (state === "from" || state === "foreign") continue;
      if (moved.from !== null) missing.push(moved.path);
      else if (state !== "absent") await removeFile(folder, moved.path);
    }
    if (missing.length > 0) await this.#write(missing, folders);
    if ((await stateOfLock(lock)) !== "left") throw atWork(folder, `${lock.lock} has changed`);
  }

  /** From a copy of the index, since the index itself is locked. */
  async #write(paths: readonly string[], { own }: GitFolders): Promise<void> {
    const copy = join(this.#target.stateDir, "moves", `${randomUUID()}.index`);
    await copyFile(join(own, "index"), copy);
    try {
      // In portions, as the arguments of a program have a limit.
      for (let at = 0; at < paths.length; at += 100) {
        await this.#target.git.run(
          ["checkout-index", "--quiet", "--force", "--", ...paths.slice(at, at + 100)],
          { folder: this.#note.path, signal: this.#signal, environment: { GIT_INDEX_FILE: copy } },
        );
      }
    } finally {
      await rm(copy, { force: true });
    }
  }

  /** Kept out of the work tree by a sparse checkout. */
  async #sparsePaths(): Promise<ReadonlySet<string>> {
    const listed = (await this.#git(["ls-files", "-t", "-z"])).split("\0");
    return new Set(listed.filter((line) => line.startsWith("S ")).map((line) => line.slice(2)));
  }

  #git(args: readonly string[]): Promise<string> {
    return this.#target.git.run(args, { folder: this.#note.path, signal: this.#signal });
  }

  #ask(args: readonly string[]): Promise<string | null> {
    return this.#target.git.ask(args, { folder: this.#note.path, signal: this.#signal });
  }
}

function agrees(index: ReadonlyMap<string, string>, path: string, side: Side | null): boolean {
  return index.get(path) === (side === null ? undefined : `${side.mode} ${side.blob} 0`);
}

function indexLock({ own }: GitFolders): string {
  return join(own, "index.lock");
}

/** With the folders that were made for it. */
async function removeFile(folder: string, path: string): Promise<void> {
  await rm(join(folder, path), { force: true });
  for (let parent = dirname(path); parent !== "."; parent = dirname(parent)) {
    try {
      await rmdir(join(folder, parent));
    } catch (error) {
      if (hasCode(error, "ENOTEMPTY") || hasCode(error, "ENOENT") || hasCode(error, "EEXIST"))
        return;
      throw error;
    }
  }
}

function atWork(path: string, why: string): DeliveryProblem {
  return new DeliveryProblem(
    `Another git is at work in ${path}: ${why}.`,
    "It is tried again; when none is, delete the lock files in its .git folder.",
    true,
  );
}
