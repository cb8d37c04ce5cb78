import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { WorkflowConfig } from "@signalbox/contracts";
import { DeliveryProblem } from "./delivery-problem.ts";
import { Git, GitFailure, firstLines } from "./git.ts";
import { despiteLeftLocks } from "./mirror-lock.ts";

/** Far more than work on a disk takes, so that only a git that hangs is ended. */
const localLimitMs = 30 * 60_000;

/** How a push ended that git did not fail at. */
export type PushOutcome =
  | { readonly kind: "pushed" }
  /** The branch has commits that the pushed one does not contain. */
  | { readonly kind: "behind" }
  | { readonly kind: "checked-out" }
  /** The branch moved, or its lock was taken, while the push ran. */
  | { readonly kind: "contested"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

/** The user's repository, and the mirror of it that holds the agents' branches. */
export class TargetRepository {
  /** Absolute path, or URL. */
  readonly address: string;
  readonly isLocal: boolean;
  /** Bare; every workspace is a worktree of it. */
  readonly mirror: string;
  readonly stateDir: string;
  /** For the mirror and for local repositories. */
  readonly git: Git;
  /** Sees the whole environment of the daemon, since credential helpers and ssh need it; for URLs alone. */
  readonly #courier: Git;
  readonly #config: WorkflowConfig;

  /** `remoteLimitMs` is the wall time of each call of git that talks to a URL. */
  constructor(
    config: WorkflowConfig,
    environment: Readonly<Record<string, string | undefined>>,
    remoteLimitMs: number,
  ) {
    this.address = config.workspace.repository;
    this.isLocal = isAbsolute(this.address);
    this.stateDir = config.stateDir;
    this.mirror = join(config.stateDir, "mirror.git");
    this.git = Git.withoutSecrets(environment, localLimitMs);
    this.#courier = this.isLocal ? this.git : new Git(environment, remoteLimitMs);
    this.#config = config;
  }

  /** Throws where a folder is missing that every delivery needs. */
  requireFolders(): void {
    if (this.isLocal && !existsSync(this.address)) {
      throw new DeliveryProblem(
        `The repository ${this.address} is gone.`,
        "Bring it back, or name another as workspace.repository.",
      );
    }
    if (!existsSync(this.mirror)) {
      throw new DeliveryProblem(
        `The mirror ${this.mirror} is gone, and with it the branches of the agents.`,
        "Restore the state folder, or start the issue again.",
      );
    }
  }

  /** A lock that a killed git has left there is removed. */
  inMirror(args: readonly string[], signal: AbortSignal): Promise<string> {
    const folders = [this.stateDir, this.#config.workspace.root];
    return despiteLeftLocks(this.mirror, folders, () =>
      this.git.run(args, { folder: this.mirror, signal }),
    );
  }

  /** The branch that work is delivered into. */
  async baseBranch(signal: AbortSignal): Promise<string> {
    const named = this.#config.delivery.into ?? this.#config.workspace.base;
    if (named !== null) return named;
    const prefix = "refs/remotes/origin/";
    const ask = ["symbolic-ref", "--quiet"];
    // A state folder that was lost has no mirror yet.
    const kept = existsSync(this.mirror)
      ? await this.git.ask([...ask, `${prefix}HEAD`], { folder: this.mirror, signal })
      : null;
    if (kept?.startsWith(prefix) === true) return kept.slice(prefix.length);
    const head = this.isLocal
      ? await this.git.ask([...ask, "HEAD"], { folder: this.address, signal })
      : await this.#remoteHead(signal);
    if (head?.startsWith("refs/heads/") === true) return head.slice("refs/heads/".length);
    throw new DeliveryProblem(
      `The repository ${firstLines(this.address)} has a detached HEAD, so it has no default branch.`,
      "Set workspace.base, or delivery.into, to the branch that work is delivered into.",
    );
  }

  /** The commit that the branch stands at now, made present in the mirror; `null` where there is no such branch. */
  async fetch(branch: string, signal: AbortSignal): Promise<string | null> {
    const commit = await this.commitOf(branch, signal);
    if (commit === null) return null;
    const call = { folder: this.mirror, signal };
    try {
      await this.git.run(["cat-file", "-e", `${commit}^{commit}`], call);
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      // As `@signalbox/workspaces` fetches: what is packed goes first, and what no ref leads to is not cleaned up.
      const settings = ["-c", "fetch.unpackLimit=1", "-c", "gc.pruneExpire=never"];
      const args = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--update-shallow"];
      const source = [await this.#source(signal), `refs/heads/${branch}`];
      await this.#courier.run([...settings, ...args, ...source], call);
    }
    return commit;
  }

  /** Never by force. */
  async push(commit: string, branch: string, signal: AbortSignal): Promise<PushOutcome> {
    const args = ["push", "--porcelain", "--no-verify", "--no-follow-tags"];
    try {
      await this.#courier.run(
        [
          ...args,
          "--recurse-submodules=no",
          await this.#source(signal),
          `${commit}:refs/heads/${branch}`,
        ],
        { folder: this.mirror, signal },
      );
      return { kind: "pushed" };
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      return refusal(error);
    }
  }

  /** Where the branch stands now; `null` where there is no such branch. */
  async commitOf(branch: string, signal: AbortSignal): Promise<string | null> {
    const ref = `refs/heads/${branch}`;
    if (this.isLocal) {
      const args = ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`];
      return this.git.ask(args, { folder: this.address, signal });
    }
    const listing = await this.#courier.run(["ls-remote", this.address, ref], {
      folder: this.mirror,
      signal,
    });
    const line = listing.split("\n").find((candidate) => candidate.endsWith(`\t${ref}`));
    return line?.split("\t")[0] ?? null;
  }

  /** What git fetches from and pushes to; `workspace.repository` may be any folder inside the repository. */
  async #source(signal: AbortSignal): Promise<string> {
    if (!this.isLocal) return this.address;
    return this.git.run(["rev-parse", "--path-format=absolute", "--git-common-dir"], {
      folder: this.address,
      signal,
    });
  }

  async #remoteHead(signal: AbortSignal): Promise<string | null> {
    const listing = await this.#courier.run(["ls-remote", "--symref", this.address, "HEAD"], {
      folder: this.mirror,
      signal,
    });
    return /^ref: (\S+)\tHEAD$/m.exec(listing)?.[1] ?? null;
  }
}

/** From the line that `push --porcelain` prints for a ref: `!`, the refspec, a summary. */
function refusal(failure: GitFailure): PushOutcome {
  const summary = /^!\t\S+\t(.*)$/m.exec(failure.stdout)?.[1];
  if (summary === undefined) throw failure;
  if (/non-fast-forward|fetch first|stale info/.test(summary)) return { kind: "behind" };
  if (/currently checked out/.test(summary)) return { kind: "checked-out" };
  const errors = failure.stderr.split("\n").filter((line) => /^(?:remote: )?error:/.test(line));
  const reason = firstLines([summary, ...errors].join("\n"));
  if (/cannot create/.test(reason)) return { kind: "refused", reason };
  if (/failed to update ref|cannot lock ref|incorrect old value|failed to lock/.test(reason)) {
    return { kind: "contested", reason };
  }
  return { kind: "refused", reason };
}
