import { mkdir, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import type { WorkflowConfig } from "@signalbox/contracts";
import { BaseBranch, trackingRef } from "./base-branch.ts";
import { withFileLock } from "./file-lock.ts";
import { GitFailure } from "./git.ts";
import type { Git } from "./git.ts";
import { GitQueries } from "./git-queries.ts";
import { looseBranch, looseRef } from "./loose-ref.ts";
import { MirrorMaker } from "./mirror-maker.ts";
import { isMissing } from "./safe-path.ts";
import { SharedWork } from "./shared-work.ts";
import { despiteStaleLocks } from "./stale-lock.ts";
import { workspaceError } from "./workspace-error.ts";

const fetchLimitMs = 10 * 60_000;
const lockWaitMs = fetchLimitMs;
/** git tidies up after fetching. It knows of no worktree here, so what no ref leads to may still be somebody's work. */
const withoutPruning = ["-c", "gc.pruneExpire=never", "-c", "gc.cruftPacks=true"];
/** What is packed git finds first, whatever agents without a sandbox have put beside it. */
const asPacks = ["-c", "fetch.unpackLimit=1"];
const fetchArguments = [
  ...withoutPruning,
  ...asPacks,
  "fetch",
  "--quiet",
  "--prune",
  "--update-shallow",
  "origin",
];

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
  readonly #remote: Git;
  readonly #queries: GitQueries;
  readonly #baseBranch: BaseBranch;
  readonly #maker: MirrorMaker;
  #opening: Promise<string> | null = null;
  /** Base commits that are known to be in the mirror, by branch. */
  readonly #fetched = new Map<string, string>();
  readonly #checks = new SharedWork<void>();
  #running: Promise<void> = Promise.resolve();
  #queued: Promise<void> | null = null;

  /** `remote` is the git for whatever talks to the repository, `git` the one for the mirror itself. */
  constructor(config: WorkflowConfig, git: Git, remote: Git) {
    this.path = join(config.stateDir, "mirror.git");
    this.#config = config;
    this.#git = git;
    this.#remote = remote;
    this.#queries = new GitQueries(git);
    this.#baseBranch = new BaseBranch(config.workspace, this.path, remote, this.#queries);
    this.#maker = new MirrorMaker({
      path: this.path,
      base: config.workspace.base,
      baseBranch: this.#baseBranch,
      git,
      fetch: (folder, signal) => remote.run(fetchArguments, { folder, signal }),
    });
  }

  /**
   * The base as it is in the repository at this moment. Makes the mirror when it is missing and fetches when it is
   * behind. Throws `workspace_config` where there is no such branch, `workspace_git`.
   */
  async base(signal: AbortSignal): Promise<Base> {
    const source = await this.#open(signal);
    const isLocal = isAbsolute(source);
    if (!isLocal) await abortable(this.#fetch(), signal);
    const branch = await abortable(this.#baseBranch.name(), signal);
    const commit = isLocal
      ? ((await looseBranch(source, branch)) ??
        (await this.#queries.commit(source, `refs/heads/${branch}`, signal)))
      : await this.#queries.commit(this.path, trackingRef(branch), signal);
    if (commit === null) {
      throw await this.#baseBranch.missing(isLocal ? source : this.path, branch, signal);
    }
    if (isLocal) await this.#ensureFetched(branch, commit, signal);
    return { branch, commit };
  }

  /** Id of the tree of a commit that the mirror has. */
  tree(commit: string, signal: AbortSignal): Promise<string> {
    return this.#git.run(["rev-parse", "--verify", `${commit}^{tree}`], {
      folder: this.path,
      signal,
    });
  }

  async #ensureFetched(branch: string, commit: string, signal: AbortSignal): Promise<void> {
    if (this.#fetched.get(branch) === commit) return;
    await abortable(
      this.#checks.run(commit, () => this.#fetchUnlessThere(branch, commit)),
      signal,
    );
  }

  async #fetchUnlessThere(branch: string, commit: string): Promise<void> {
    const signal = AbortSignal.timeout(fetchLimitMs);
    const ref = trackingRef(branch);
    const mirrored =
      (await looseRef(this.path, ref)) ?? (await this.#queries.commit(this.path, ref, signal));
    if (mirrored !== commit) await this.#fetch();
    this.#fetched.set(branch, commit);
  }

  /** Resolves to what the mirror fetches from: the repository's git folder, or its URL. */
  async #open(signal: AbortSignal): Promise<string> {
    this.#opening ??= this.#prepare().catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return abortable(this.#opening, signal);
  }

  async #prepare(): Promise<string> {
    const signal = AbortSignal.timeout(fetchLimitMs);
    const source = await this.#source(signal);
    await mkdir(this.#config.stateDir, { recursive: true });
    await this.#exclusively(signal, async () => {
      if (await isFolder(this.path)) await this.#checkOrigin(source, signal);
      else await this.#maker.make(source, signal);
    });
    return source;
  }

  async #source(signal: AbortSignal): Promise<string> {
    const { repository } = this.#config.workspace;
    if (!isAbsolute(repository)) return repository;
    if (!(await isFolder(repository))) throw notARepository(repository, "is not a folder");
    try {
      const args = ["rev-parse", "--path-format=absolute", "--git-common-dir"];
      return await this.#git.run(args, { folder: repository, signal });
    } catch (error) {
      if (error instanceof GitFailure && /not a git repository/i.test(error.output)) {
        throw notARepository(repository, "is not a git repository");
      }
      throw workspaceError("workspace_git", `git cannot read the repository ${repository}`, error);
    }
  }

  async #checkOrigin(source: string, signal: AbortSignal): Promise<void> {
    const origin = await this.#queries.setting(this.path, "remote.origin.url", signal);
    if (origin === source) return;
    throw new SignalboxError(
      "workspace_config",
      `The state folder ${this.#config.stateDir} mirrors another repository than workspace.repository ${this.#config.workspace.repository}.`,
      {
        remedy: `Use another --state-dir for the other repository; or delete ${this.path}, when no work that you want stands in it.`,
      },
    );
  }

  /** Joins a fetch that has not begun yet; one that has may have missed the commit that the caller wants. */
  #fetch(): Promise<void> {
    this.#queued ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#queued = null;
        this.#running = this.#fetchNow();
        return this.#running;
      });
    return this.#queued;
  }

  async #fetchNow(): Promise<void> {
    const signal = AbortSignal.timeout(fetchLimitMs);
    const call = { folder: this.path, signal };
    try {
      await this.#exclusively(signal, () =>
        despiteStaleLocks(this.path, () => this.#remote.run(fetchArguments, call)),
      );
    } catch (error) {
      throw workspaceError("workspace_git", `The mirror ${this.path} could not fetch`, error);
    }
  }

  /** Runs `work` while no other process makes the mirror or fetches into it. */
  #exclusively<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return withFileLock(join(this.#config.stateDir, "mirror.lock"), lockWaitMs, signal, work);
  }
}

function notARepository(repository: string, what: string): SignalboxError {
  return new SignalboxError("workspace_config", `workspace.repository ${repository} ${what}.`, {
    remedy: "Name a git repository there, run git init in it, or set workspace.kind to folder.",
  });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
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
