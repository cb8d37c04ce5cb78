import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import type { WorkflowConfig } from "@signalbox/contracts";
import { withFileLock } from "./file-lock.ts";
import { GitFailure, gitError } from "./git.ts";
import type { Git } from "./git.ts";
import { removeStaleLock } from "./stale-lock.ts";

const fetchLimitMs = 10 * 60_000;
const lockWaitMs = fetchLimitMs;

/** The branch that work starts from, and the commit it stands at now. */
export interface Base {
  readonly branch: string;
  readonly commit: string;
}

/**
 * A bare copy of the user's repository, at `mirror.git` in the state folder. Agents get worktrees of it, so nothing
 * they do to refs or objects reaches the repository itself. The user's branches are `refs/remotes/origin/*` here.
 */
export class Mirror {
  readonly path: string;
  readonly #config: WorkflowConfig;
  readonly #git: Git;
  #opening: Promise<string> | null = null;
  #defaultBranch: string | null = null;
  /** Base commits that are known to be in the mirror, by branch. */
  readonly #fetched = new Map<string, string>();
  #running: Promise<void> = Promise.resolve();
  #queued: Promise<void> | null = null;

  constructor(config: WorkflowConfig, git: Git) {
    this.path = join(config.stateDir, "mirror.git");
    this.#config = config;
    this.#git = git;
  }

  /**
   * The base as it is in the repository at this moment. Makes the mirror when it is missing and fetches when it is
   * behind. Throws `workspace_config` where there is no such branch.
   */
  async base(signal: AbortSignal): Promise<Base> {
    const source = await this.#open(signal);
    if (!isAbsolute(source)) {
      await abortable(this.#fetch(source), signal);
      const branch = await this.#baseBranch(source, signal);
      return { branch, commit: await this.#mirrored(branch, signal) };
    }
    const branch = await this.#baseBranch(source, signal);
    const commit = await this.#resolve(source, `refs/heads/${branch}`, signal);
    if (commit === null) throw await this.#missingBase(source, branch, signal);
    if (this.#fetched.get(branch) === commit) return { branch, commit };
    if ((await this.#resolve(this.path, trackingRef(branch), signal)) !== commit) {
      await abortable(this.#fetch(source), signal);
    }
    this.#fetched.set(branch, commit);
    return { branch, commit };
  }

  /** Runs `work` while no other process changes the mirror's own refs or its list of worktrees. */
  exclusively<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return withFileLock(join(this.#config.stateDir, "mirror.lock"), lockWaitMs, signal, work);
  }

  async #open(signal: AbortSignal): Promise<string> {
    this.#opening ??= this.#prepare().catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return abortable(this.#opening, signal);
  }

  /** Resolves to what the mirror fetches from: the repository's git folder, or its URL. */
  async #prepare(): Promise<string> {
    const signal = AbortSignal.timeout(fetchLimitMs);
    const source = await this.#source(signal);
    await mkdir(this.#config.stateDir, { recursive: true });
    await this.exclusively(signal, async () => {
      if (await isFolder(this.path)) await this.#checkOrigin(source, signal);
      else await this.#create(source, signal);
    });
    return source;
  }

  async #source(signal: AbortSignal): Promise<string> {
    const { repository } = this.#config.workspace;
    if (!isAbsolute(repository)) return repository;
    if (!(await isFolder(repository))) throw notARepository(repository, "is not a folder");
    try {
      return await this.#git.run(["rev-parse", "--path-format=absolute", "--git-common-dir"], {
        folder: repository,
        signal,
      });
    } catch (error) {
      if (error instanceof GitFailure && /not a git repository/i.test(error.output)) {
        throw notARepository(repository, "is not a git repository");
      }
      throw gitError("workspace_git", `git cannot read the repository ${repository}`, error);
    }
  }

  async #create(source: string, signal: AbortSignal): Promise<void> {
    // Made elsewhere and moved into place, so that a mirror is there complete or not at all.
    const unfinished = `${this.path}.${randomUUID()}.tmp`;
    await mkdir(unfinished);
    const run = (...args: string[]): Promise<string> =>
      this.#git.run(args, { folder: unfinished, signal });
    try {
      await this.#git.run(["init", "--quiet", "--bare"], {
        folder: unfinished,
        signal,
        // Worktrees are registered by hand, which the other format does not allow.
        environment: { GIT_DEFAULT_REF_FORMAT: "files" },
      });
      await run("config", "remote.origin.url", source);
      await run("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
      for (const key of ["user.name", "user.email"]) {
        const value = isAbsolute(source) ? await this.#setting(source, key, signal) : null;
        if (value !== null) await run("config", key, value);
      }
      await run(...fetchArguments);
      await rename(unfinished, this.path);
    } catch (error) {
      throw gitError("workspace_git", `The mirror of ${source} could not be made`, error);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }

  async #checkOrigin(source: string, signal: AbortSignal): Promise<void> {
    const origin = await this.#setting(this.path, "remote.origin.url", signal);
    if (origin === source) return;
    throw new SignalboxError(
      "workspace_config",
      `The state folder ${this.#config.stateDir} mirrors ${origin ?? "nothing"}, but workspace.repository is ${source}.`,
      {
        remedy: `Use another --state-dir for the other repository; or, when no unsaved work stands in the old one, delete ${this.path}.`,
      },
    );
  }

  async #baseBranch(source: string, signal: AbortSignal): Promise<string> {
    if (this.#config.workspace.base !== null) return this.#config.workspace.base;
    this.#defaultBranch ??= await this.#decideDefaultBranch(source, signal);
    return this.#defaultBranch;
  }

  /** Decided once and kept in the mirror: the base must not change because the user checks out another branch. */
  async #decideDefaultBranch(source: string, signal: AbortSignal): Promise<string> {
    const prefix = "refs/remotes/origin/";
    const kept = await this.#symbolicRef(this.path, `${prefix}HEAD`, signal);
    if (kept?.startsWith(prefix) === true) {
      const isThere = (await this.#resolve(this.path, kept, signal)) !== null;
      if (isThere) return kept.slice(prefix.length);
    }
    const head = isAbsolute(source)
      ? await this.#symbolicRef(this.#config.workspace.repository, "HEAD", signal)
      : await this.#remoteHead(signal);
    if (head?.startsWith("refs/heads/") !== true) {
      throw new SignalboxError(
        "workspace_config",
        `The repository ${this.#config.workspace.repository} has a detached HEAD, so it has no default branch.`,
        { remedy: "Set workspace.base to the branch that work starts from." },
      );
    }
    const branch = head.slice("refs/heads/".length);
    if ((await this.#resolve(this.path, trackingRef(branch), signal)) !== null) {
      const args = ["symbolic-ref", `${prefix}HEAD`, trackingRef(branch)];
      await this.#git.run(args, { folder: this.path, signal });
    }
    return branch;
  }

  async #remoteHead(signal: AbortSignal): Promise<string | null> {
    const lines = await this.#git.run(["ls-remote", "--symref", "origin", "HEAD"], {
      folder: this.path,
      signal,
    });
    return /^ref: (\S+)\tHEAD$/m.exec(lines)?.[1] ?? null;
  }

  async #mirrored(branch: string, signal: AbortSignal): Promise<string> {
    const commit = await this.#resolve(this.path, trackingRef(branch), signal);
    if (commit !== null) return commit;
    throw noSuchBase(this.#config.workspace.repository, branch);
  }

  async #missingBase(source: string, branch: string, signal: AbortSignal): Promise<SignalboxError> {
    const any = await this.#git.run(["for-each-ref", "--count=1", "refs/heads/"], {
      folder: source,
      signal,
    });
    const { repository } = this.#config.workspace;
    if (any !== "") return noSuchBase(repository, branch);
    return new SignalboxError("workspace_config", `The repository ${repository} has no commits.`, {
      remedy: 'Make the first commit: git commit --allow-empty -m "Start".',
    });
  }

  /** Joins a fetch that has not begun yet; one that has may have missed the commit that the caller wants. */
  #fetch(source: string): Promise<void> {
    this.#queued ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#queued = null;
        this.#running = this.#fetchNow(source);
        return this.#running;
      });
    return this.#queued;
  }

  async #fetchNow(source: string): Promise<void> {
    const signal = AbortSignal.timeout(fetchLimitMs);
    const call = { folder: this.path, signal };
    try {
      await this.exclusively(signal, async () => {
        try {
          await this.#git.run(fetchArguments, call);
        } catch (error) {
          if (!(await removeStaleLock(this.path, error))) throw error;
          await this.#git.run(fetchArguments, call);
        }
      });
    } catch (error) {
      throw gitError("workspace_git", `The mirror could not fetch from ${source}`, error);
    }
  }

  #resolve(folder: string, ref: string, signal: AbortSignal): Promise<string | null> {
    return this.#orNull(["rev-parse", "--verify", "--quiet", `${ref}^{commit}`], folder, signal);
  }

  #symbolicRef(folder: string, ref: string, signal: AbortSignal): Promise<string | null> {
    return this.#orNull(["symbolic-ref", "--quiet", ref], folder, signal);
  }

  #setting(folder: string, key: string, signal: AbortSignal): Promise<string | null> {
    return this.#orNull(["config", "--local", "--get", key], folder, signal);
  }

  /** These commands say "no" with code 1 and report trouble with any other. */
  async #orNull(args: string[], folder: string, signal: AbortSignal): Promise<string | null> {
    try {
      return await this.#git.run(args, { folder, signal });
    } catch (error) {
      if (error instanceof GitFailure && error.exitCode === 1) return null;
      throw gitError("workspace_git", `git cannot read ${folder}`, error);
    }
  }
}

const fetchArguments = ["fetch", "--quiet", "--prune", "--update-shallow", "origin"];

/** Where the mirror keeps a branch of the user's repository. */
export function trackingRef(branch: string): string {
  return `refs/remotes/origin/${branch}`;
}

function notARepository(repository: string, what: string): SignalboxError {
  return new SignalboxError("workspace_config", `workspace.repository ${repository} ${what}.`, {
    remedy: "Name a git repository there, run git init in it, or set workspace.kind to folder.",
  });
}

function noSuchBase(repository: string, branch: string): SignalboxError {
  return new SignalboxError(
    "workspace_config",
    `The repository ${repository} has no branch ${JSON.stringify(branch)} to start work from.`,
    { remedy: "Set workspace.base to a branch that exists." },
  );
}

async function isFolder(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => null);
  return stats?.isDirectory() ?? false;
}

/** The work goes on for others who wait for it; only this caller leaves. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
