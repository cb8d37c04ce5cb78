import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { lstat, readFile, readlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { GitFailure } from "./git.ts";
import { hasCode } from "./system-error.ts";
import type { TargetRepository } from "./target-repository.ts";

/** One side of a path that differs between two commits; `null` where the commit has no such file. */
export interface Side {
  readonly mode: string;
  readonly blob: string;
}

export interface MovedPath {
  readonly path: string;
  readonly from: Side | null;
  readonly to: Side | null;
}

/** What stands at the path in the work tree. `begun`: the start of either side, as a git that was killed leaves it. */
export type PathState = "from" | "to" | "absent" | "begun" | "foreign";

/** git makes a file and fills it in one go. */
const fillMs = 1_000;
const submodule = "160000";
const symlink = "120000";

/** Submodules are left out: git does not move what is in them. */
export async function movedPaths(
  from: string,
  to: string,
  target: TargetRepository,
  signal: AbortSignal,
): Promise<readonly MovedPath[]> {
  const args = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", from, to];
  const fields = (await target.inMirror(args, signal)).split("\0");
  const paths: MovedPath[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [fromMode = "", toMode = "", fromBlob = "", toBlob = ""] = (fields[at] ?? "")
      .slice(1)
      .split(" ");
    if (fromMode === submodule || toMode === submodule) continue;
    paths.push({
      path: fields[at + 1] ?? "",
      from: side(fromMode, fromBlob),
      to: side(toMode, toBlob),
    });
  }
  return paths;
}

function side(mode: string, blob: string): Side | null {
  return /^0+$/.test(mode) ? null : { mode, blob };
}

export class WorkTree {
  readonly #folder: string;
  readonly #target: TargetRepository;
  readonly #signal: AbortSignal;
  readonly #changedSince: number;

  /** Before `changedSince`, in epoch milliseconds, no git had begun to change it. */
  constructor(folder: string, changedSince: number, target: TargetRepository, signal: AbortSignal) {
    this.#folder = folder;
    this.#changedSince = changedSince;
    this.#target = target;
    this.#signal = signal;
  }

  async stateOf({ path, from, to }: MovedPath): Promise<PathState> {
    const stats = await this.#statsOf(path);
    if (stats === null) return "absent";
    if (!stats.isFile() && !stats.isSymbolicLink()) return "foreign";
    const like = (from ?? to)?.blob ?? "";
    const blob = await this.#blobAt(path, stats.isSymbolicLink(), like);
    const is = (one: Side | null): boolean =>
      one?.blob === blob && (one.mode === symlink) === stats.isSymbolicLink();
    if (is(from) && (!is(to) || isExecutable(stats) === isExecutableSide(from))) return "from";
    if (is(to)) return "to";
    if (!stats.isFile() || !this.#isJustMade(stats)) return "foreign";
    const text = await readFile(join(this.#folder, path), "utf8");
    for (const one of [from, to]) {
      if (one !== null && (await this.#contentOf(one, path)).startsWith(text)) return "begun";
    }
    return "foreign";
  }

  /** `null` also where a folder on the way is a link, which would lead out of the work tree. */
  async #statsOf(path: string): Promise<Stats | null> {
    const parent = dirname(path);
    if (parent !== "." && (await this.#statsOf(parent))?.isDirectory() !== true) return null;
    try {
      return await lstat(join(this.#folder, path));
    } catch (error) {
      if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return null;
      throw error;
    }
  }

  #isJustMade({ birthtimeMs, mtimeMs }: Stats): boolean {
    return birthtimeMs >= this.#changedSince && mtimeMs - birthtimeMs < fillMs;
  }

  /** As git would store it, filters included. */
  async #blobAt(path: string, isLink: boolean, like: string): Promise<string> {
    if (!isLink) return this.#git(["hash-object", `--path=${path}`, "--", path]);
    return blobOf(await readlink(join(this.#folder, path), "buffer"), like);
  }

  /** As git would write it, filters included. */
  async #contentOf({ blob }: Side, path: string): Promise<string> {
    try {
      return await this.#git(["cat-file", "--filters", `--path=${path}`, blob]);
    } catch (error) {
      if (error instanceof GitFailure) return "";
      throw error;
    }
  }

  #git(args: readonly string[]): Promise<string> {
    return this.#target.git.run(args, { folder: this.#folder, signal: this.#signal });
  }
}

/** Repositories name their objects by SHA-1 or by SHA-256: as `like` does. */
function blobOf(bytes: Buffer, like: string): string {
  const hash = createHash(like.length === 64 ? "sha256" : "sha1");
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

function isExecutable({ mode }: Stats): boolean {
  return (mode & 0o100) !== 0;
}

function isExecutableSide(one: Side | null): boolean {
  return one?.mode === "100755";
}
