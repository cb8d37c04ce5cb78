import { isAbsolute } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import type { WorkspaceConfig } from "@signalbox/contracts";
import type { Git } from "./git.ts";
import type { GitQueries } from "./git-queries.ts";
import { looseRef, looseTarget } from "./loose-ref.ts";

const trackingPrefix = "refs/remotes/origin/";
const branchPrefix = "refs/heads/";
const defaultLimitMs = 60_000;

/** Where the mirror keeps a branch of the user's repository. */
export function trackingRef(branch: string): string {
  return `${trackingPrefix}${branch}`;
}

/** Finds out which branch work starts from. */
export class BaseBranch {
  readonly #workspace: WorkspaceConfig;
  readonly #mirror: string;
  readonly #git: Git;
  readonly #queries: GitQueries;
  #default: Promise<string> | null = null;

  constructor(workspace: WorkspaceConfig, mirror: string, git: Git, queries: GitQueries) {
    this.#workspace = workspace;
    this.#mirror = mirror;
    this.#git = git;
    this.#queries = queries;
  }

  /** The configured branch, else the repository's default branch. Throws `workspace_config` where it has none. */
  async name(): Promise<string> {
    if (this.#workspace.base !== null) return this.#workspace.base;
    // Shared by all who ask at once, so no caller's signal ends it.
    this.#default ??= this.#findDefault(AbortSignal.timeout(defaultLimitMs)).catch(
      (error: unknown) => {
        this.#default = null;
        throw error;
      },
    );
    return this.#default;
  }

  async #findDefault(signal: AbortSignal): Promise<string> {
    return (await this.#kept(signal)) ?? (await this.#decide(signal));
  }

  /** The error for a base branch that the repository does not have. */
  async missing(source: string, branch: string, signal: AbortSignal): Promise<SignalboxError> {
    const { repository } = this.#workspace;
    const ref = ["for-each-ref", "--count=1", "refs/heads/", "refs/remotes/origin/"];
    if ((await this.#git.run(ref, { folder: source, signal })) === "") {
      return new SignalboxError(
        "workspace_config",
        `The repository ${repository} has no commits, so there is nothing to start work from.`,
        { remedy: 'Make the first commit: git commit --allow-empty -m "Start".' },
      );
    }
    return new SignalboxError(
      "workspace_config",
      `The repository ${repository} has no branch ${JSON.stringify(branch)} to start work from.`,
      { remedy: "Set workspace.base to a branch that exists." },
    );
  }

  /** What was decided once, as long as that branch is there: the user checking out another one changes nothing. */
  async #kept(signal: AbortSignal): Promise<string | null> {
    const kept = await looseTarget(this.#mirror, trackingRef("HEAD"));
    if (kept?.startsWith(trackingPrefix) !== true) return null;
    const commit =
      (await looseRef(this.#mirror, kept)) ??
      (await this.#queries.commit(this.#mirror, kept, signal));
    return commit === null ? null : kept.slice(trackingPrefix.length);
  }

  /** The branch that is checked out in a repository on this machine; `null` where none is. */
  async checkedOut(signal: AbortSignal): Promise<string | null> {
    const { repository } = this.#workspace;
    return branchOf(await this.#queries.symbolicRef(repository, "HEAD", signal));
  }

  async #decide(signal: AbortSignal): Promise<string> {
    const { repository } = this.#workspace;
    const branch = isAbsolute(repository)
      ? await this.checkedOut(signal)
      : branchOf(await this.#remoteHead(signal));
    if (branch === null) {
      throw new SignalboxError(
        "workspace_config",
        `The repository ${repository} has a detached HEAD, so it has no default branch.`,
        { remedy: "Set workspace.base to the branch that work starts from." },
      );
    }
    const args = ["symbolic-ref", trackingRef("HEAD"), trackingRef(branch)];
    await this.#git.run(args, { folder: this.#mirror, signal });
    return branch;
  }

  async #remoteHead(signal: AbortSignal): Promise<string | null> {
    const args = ["ls-remote", "--symref", "origin", "HEAD"];
    const lines = await this.#git.run(args, { folder: this.#mirror, signal });
    return /^ref: (\S+)\tHEAD$/m.exec(lines)?.[1] ?? null;
  }
}

function branchOf(ref: string | null): string | null {
  return ref?.startsWith(branchPrefix) === true ? ref.slice(branchPrefix.length) : null;
}
