import { randomUUID } from "node:crypto";
import { appendFile, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";
import { type BaseBranch, trackingRef } from "./base-branch.ts";
import { gitConfigText, type GitSetting } from "./git-config-text.ts";
import type { Git } from "./git.ts";
import { GitQueries } from "./git-queries.ts";
import { workspaceError } from "./workspace-error.ts";

export interface MirrorPlan {
  /** Absolute: where the mirror will be. */
  readonly path: string;
  /** The branch that work starts from; `null`: what is checked out where the mirror is made from. */
  readonly base: string | null;
  readonly baseBranch: BaseBranch;
  readonly git: Git;
  /** Into the mirror in that folder. */
  readonly fetch: (folder: string, signal: AbortSignal) => Promise<unknown>;
}

/** What a mirror takes over of a repository on this machine. */
interface Traits {
  /** Options of `git init`. */
  readonly format: readonly string[];
  readonly identity: readonly GitSetting[];
  /** That work starts from, where it is decided by what is checked out. */
  readonly branch: string | null;
}

/** Makes the mirror of a repository, while nobody else does. */
export class MirrorMaker {
  readonly #plan: MirrorPlan;
  readonly #queries: GitQueries;

  constructor(plan: MirrorPlan) {
    this.#plan = plan;
    this.#queries = new GitQueries(plan.git);
  }

  /** `source`: its git folder, or its URL. Throws `workspace_git`, and leaves nothing then. */
  async make(source: string, signal: AbortSignal): Promise<void> {
    const { path, git, fetch } = this.#plan;
    await this.#removeUnfinished();
    // Made elsewhere and moved into place, so that a mirror is there complete or not at all.
    const folder = `${path}.${randomUUID()}.tmp`;
    await mkdir(folder);
    try {
      const { format, identity, branch } = await this.#traits(source, signal);
      await git.run(["init", "--quiet", "--bare", ...format], {
        folder,
        signal,
        // Worktrees are registered by hand, which the other format of refs does not allow.
        environment: { GIT_DEFAULT_REF_FORMAT: "files" },
      });
      const settings = gitConfigText([
        ["remote", "origin", "url", source],
        ["remote", "origin", "fetch", "+refs/heads/*:refs/remotes/origin/*"],
        ["gc", null, "pruneExpire", "never"],
        // In one pack, not in a file each.
        ["gc", null, "cruftPacks", "true"],
        ...identity,
      ]);
      await appendFile(join(folder, "config"), settings);
      if (branch !== null) await decideBase(folder, branch);
      await fetch(folder, signal);
      await rename(folder, path);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw workspaceError("workspace_git", `The mirror of ${source} could not be made`, error);
    }
  }

  /** What a daemon that was killed while it made the mirror has left. */
  async #removeUnfinished(): Promise<void> {
    const { path } = this.#plan;
    const prefix = `${basename(path)}.`;
    for (const name of await readdir(dirname(path))) {
      if (!name.startsWith(prefix) || !name.endsWith(".tmp")) continue;
      await rm(join(dirname(path), name), { recursive: true, force: true });
    }
  }

  async #traits(source: string, signal: AbortSignal): Promise<Traits> {
    if (!isAbsolute(source)) return { format: [], identity: [], branch: null };
    const { git, base, baseBranch } = this.#plan;
    const [format, identity, branch] = await Promise.all([
      git.run(["rev-parse", "--show-object-format"], { folder: source, signal }),
      this.#queries.identity(source, signal),
      base === null ? baseBranch.checkedOut(signal) : null,
    ]);
    return { format: [`--object-format=${format}`], identity, branch };
  }
}

/** As `BaseBranch` keeps it, in a mirror that nobody else knows of yet. */
async function decideBase(folder: string, branch: string): Promise<void> {
  const head = join(folder, trackingRef("HEAD"));
  await mkdir(dirname(head), { recursive: true });
  await writeFile(head, `ref: ${trackingRef(branch)}\n`);
}
