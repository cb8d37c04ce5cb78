import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ContainmentMount, SignalboxError, type WorkspaceRef } from "@signalbox/contracts";
import { type AgentBranch, branchesBeside, commitIn } from "./agent-branches.ts";
import { AgentObjects, readable } from "./agent-objects.ts";
import { Git, GitFailure } from "./git.ts";
import { GitQueries } from "./git-queries.ts";
import { looseBranch, looseRef } from "./loose-ref.ts";
import { workspaceError } from "./workspace-error.ts";
import { findWorktree } from "./worktree.ts";
import { despiteStaleLocks } from "./stale-lock.ts";

export interface AgentRepositoryOrder {
  readonly stateDir: string;
  readonly workspace: WorkspaceRef;
  /** Of git; usually `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * What an agent in a sandbox gets of the mirror: it can write to the git folder of its own worktree; the rest it can
 * only read. Where branches and objects are kept it finds folders of its own, so that it can move no branch but its own
 * and replace nothing that others find. What it commits there is taken over by `publish`.
 */
export class AgentRepository {
  readonly mounts: readonly ContainmentMount[];
  readonly #order: AgentRepositoryOrder;
  readonly #gitDir: string;
  readonly #objects: AgentObjects;
  readonly #git: Git;

  private constructor(order: AgentRepositoryOrder, gitDir: string, ownRefs: string) {
    const { environment } = order;
    const { mirror, own } = placesOf(order);
    this.#order = order;
    this.#gitDir = gitDir;
    this.#objects = new AgentObjects({ mirror, own, gitDir, environment });
    this.#git = Git.withoutSecrets(environment);
    this.mounts = [...mountsOf(order, gitDir, ownRefs), ...this.#objects.mounts];
  }

  /** Takes over what an agent has committed and nobody has published. Throws as `publish` does. */
  static async recover(order: AgentRepositoryOrder, signal: AbortSignal): Promise<void> {
    const { branch, path } = order.workspace;
    if (branch === null) return;
    const { mirror } = placesOf(order);
    const gitDir = (await findWorktree(mirror, path))?.gitDir ?? mirror;
    const repository = new AgentRepository(order, gitDir, dirname(`refs/heads/${branch}`));
    await repository.publish(signal);
    await repository.#saveBeside(signal);
  }

  /**
   * Makes it anew from the mirror, after taking over what a run before left unpublished. `null` where the workspace is
   * no worktree. Throws as `publish` does.
   */
  static async open(
    order: AgentRepositoryOrder,
    signal: AbortSignal,
  ): Promise<AgentRepository | null> {
    const { branch, path } = order.workspace;
    const { mirror, branches, logs } = placesOf(order);
    if (branch === null) return null;
    const worktree = await findWorktree(mirror, path);
    if (worktree === null) return null;
    const own = dirname(`refs/heads/${branch}`);
    const repository = new AgentRepository(order, worktree.gitDir, own);
    await repository.publish(signal);
    const beside = await repository.#saveBeside(signal);
    await Promise.all(
      [branches, logs].map((folder) => rm(folder, { recursive: true, force: true })),
    );
    const folders = [branches, logs, join(mirror, own), join(mirror, "logs", own)];
    await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
    for (const { name, commit } of beside) await writeFile(join(branches, name), `${commit}\n`);
    await repository.#objects.makeReady();
    const tip = await repository.#tip(signal);
    if (tip !== null) await repository.#remember(tip, true);
    return repository;
  }

  /**
   * Takes over the agent's objects, and moves the branch in the mirror to where the agent has it. Where there is nothing
   * new, no git is started. Throws `workspace_git`; what the agent has stays where it is then. Safe at any time.
   */
  async publish(signal: AbortSignal): Promise<void> {
    const { workspace } = this.#order;
    const { branches, published } = placesOf(this.#order);
    const wanted = await commitIn(join(branches, workspace.key));
    const known = await commitIn(published);
    const detached = await commitIn(join(this.#gitDir, "HEAD"));
    const tips = [wanted, detached].filter((commit) => commit !== null);
    try {
      const news = await this.#objects.news(tips);
      if (news !== null) await this.#objects.takeOver(tips, known, signal);
      if (wanted !== null && wanted !== known) await this.#publish(wanted, known, signal);
      if (news !== null) await this.#objects.remember(news);
    } catch (error) {
      throw this.#notTakenOver(error);
    }
  }

  /** Branches that the agent has made beside its own; those that lead to nothing are left out. */
  async #saveBeside(signal: AbortSignal): Promise<readonly AgentBranch[]> {
    const { mirror, branches, published } = placesOf(this.#order);
    const { key } = this.#order.workspace;
    const known = await commitIn(published);
    const saved: AgentBranch[] = [];
    for (const branch of await branchesBeside(branches, key)) {
      const ref = `refs/signalbox/saved/${key}/branch-${branch.name}`;
      try {
        if ((await looseRef(mirror, ref)) !== branch.commit) {
          await this.#objects.takeOver([branch.commit], known, signal);
          await this.#move(ref, [branch.commit], signal);
        }
        saved.push(branch);
      } catch (error) {
        if (!(error instanceof GitFailure) || !isFinal(error)) throw this.#notTakenOver(error);
      }
    }
    return saved;
  }

  async #publish(wanted: string, known: string | null, signal: AbortSignal): Promise<void> {
    if (!(await this.#follow(wanted, known, signal))) {
      // Somebody else has moved the branch meanwhile: then the agent's commits are kept beside it.
      const name = `agent-${wanted.slice(0, 12)}`;
      const ref = `refs/signalbox/saved/${this.#order.workspace.key}/${name}`;
      await this.#move(ref, [wanted], signal);
    }
    await this.#remember(wanted, false);
  }

  /** Moves the branch from `known` to `wanted`; false where it stands elsewhere. */
  async #follow(wanted: string, known: string | null, signal: AbortSignal): Promise<boolean> {
    const tip = await this.#tip(signal);
    // By a process that was killed before it could remember that.
    if (tip === wanted) return true;
    if (tip !== known) return false;
    const expected = known ?? "0".repeat(wanted.length);
    try {
      await this.#move(`refs/heads/${this.#order.workspace.branch}`, [wanted, expected], signal);
      return true;
    } catch (error) {
      if ((await this.#tip(signal)) === known) throw error;
      return false;
    }
  }

  async #move(ref: string, commits: readonly string[], signal: AbortSignal): Promise<void> {
    const { mirror } = placesOf(this.#order);
    const call = { folder: mirror, signal };
    await despiteStaleLocks(mirror, () => this.#git.run(["update-ref", ref, ...commits], call));
  }

  #notTakenOver(error: unknown): unknown {
    const { workspace } = this.#order;
    const { branches, own } = placesOf(this.#order);
    const what = `The commits of the agent in ${workspace.path} could not be taken over`;
    if (!isFinal(error)) return workspaceError("workspace_git", what, error);
    return new SignalboxError("workspace_git", `${what}: ${error.message}`, {
      remedy: `They are in ${join(own, "objects")}. To go on without them, delete that folder and ${branches}, and run git reset in the workspace, whose files stay.`,
      cause: error,
    });
  }

  async #tip(signal: AbortSignal): Promise<string | null> {
    const { mirror } = placesOf(this.#order);
    const { branch } = this.#order.workspace;
    const loose = branch === null ? null : await looseBranch(mirror, branch);
    const queries = new GitQueries(this.#git);
    return loose ?? queries.commit(mirror, `refs/heads/${branch}`, signal);
  }

  async #remember(commit: string, isNew: boolean): Promise<void> {
    const { branches, published } = placesOf(this.#order);
    if (isNew) await writeFile(join(branches, this.#order.workspace.key), `${commit}\n`);
    await writeFile(published, `${commit}\n`);
  }
}

/** Whether it fails again until somebody does something. Whatever git was killed for, or ran short of, may be there then. */
function isFinal(error: unknown): error is Error {
  if (SignalboxError.isInstance(error)) return error.code === "containment_unavailable";
  return (
    error instanceof GitFailure &&
    error.exitCode >= 0 &&
    !/no space|quota|memory|unavailable|\.lock'/i.test(error.output)
  );
}

/** What an agent keeps between its runs on one issue: its home, and what it has of the repository. */
export function agentFolder(stateDir: string, key: string): string {
  return join(stateDir, "agents", key);
}

/** Whether an agent in a sandbox was at work on this issue, or is. */
export function isSandboxed(stateDir: string, key: string): boolean {
  return existsSync(join(agentFolder(stateDir, key), "branches"));
}

interface Places {
  readonly mirror: string;
  readonly own: string;
  readonly branches: string;
  readonly logs: string;
  /** Holds the commit that was published last. */
  readonly published: string;
}

function placesOf({ stateDir, workspace }: AgentRepositoryOrder): Places {
  const own = agentFolder(stateDir, workspace.key);
  return {
    mirror: join(stateDir, "mirror.git"),
    own,
    branches: join(own, "branches"),
    logs: join(own, "branch-logs"),
    published: join(own, "published"),
  };
}

function mountsOf(
  order: AgentRepositoryOrder,
  gitDir: string,
  ownRefs: string,
): readonly ContainmentMount[] {
  const { mirror, branches, logs } = placesOf(order);
  return [
    readable(mirror),
    { path: join(mirror, ownRefs), source: branches, access: "write" },
    { path: join(mirror, "logs", ownRefs), source: logs, access: "write" },
    writable(gitDir),
    // The host's git would be led elsewhere by them.
    readable(join(gitDir, "commondir")),
    readable(join(gitDir, "gitdir")),
  ];
}

function writable(path: string): ContainmentMount {
  return { path, source: path, access: "write" };
}
