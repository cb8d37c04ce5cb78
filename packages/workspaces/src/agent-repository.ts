import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ContainmentMount, WorkspaceRef } from "@signalbox/contracts";
import { Git } from "./git.ts";
import { GitQueries } from "./git-queries.ts";
import { looseBranch } from "./loose-branch.ts";
import { plainContent } from "./plain-file.ts";
import { workspaceError } from "./workspace-error.ts";
import { findWorktree } from "./worktree.ts";
import { despiteStaleLocks } from "./stale-lock.ts";

const maxCommitBytes = 128;

export interface AgentRepositoryOrder {
  readonly stateDir: string;
  readonly workspace: WorkspaceRef;
  /** Of git; usually `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * What an agent in a sandbox gets of the mirror: it can add objects, and write to the git folder of its own worktree;
 * the rest it can only read. Where branches are kept it finds a folder of its own, with its own branch alone, so that it
 * can move no other. What it commits there is taken over by `publish`.
 */
export class AgentRepository {
  readonly mounts: readonly ContainmentMount[];
  readonly #order: AgentRepositoryOrder;
  readonly #git: Git;

  private constructor(order: AgentRepositoryOrder, mounts: readonly ContainmentMount[]) {
    this.mounts = mounts;
    this.#order = order;
    this.#git = Git.withoutSecrets(order.environment);
  }

  /** Takes over what an agent has committed and nobody has published. Throws `workspace_git`. */
  static async recover(order: AgentRepositoryOrder, signal: AbortSignal): Promise<void> {
    if (order.workspace.branch !== null) await new AgentRepository(order, []).publish(signal);
  }

  /**
   * Makes it anew from the mirror, after taking over what a run before left unpublished. `null` where the workspace is
   * no worktree. Throws `workspace_git`.
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
    const repository = new AgentRepository(order, mountsOf(order, worktree.gitDir, own));
    await repository.publish(signal);
    await Promise.all(
      [branches, logs].map((folder) => rm(folder, { recursive: true, force: true })),
    );
    const folders = [branches, logs, join(mirror, own), join(mirror, "logs", own)];
    await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
    const tip = await repository.#tip(signal);
    if (tip !== null) await repository.#remember(tip, true);
    return repository;
  }

  /** Moves the branch in the mirror to where the agent has it. Throws `workspace_git`. Safe at any time. */
  async publish(signal: AbortSignal): Promise<void> {
    const { workspace } = this.#order;
    const { branches, published } = placesOf(this.#order);
    const wanted = await commitIn(join(branches, workspace.key));
    const known = await commitIn(published);
    if (wanted === null || wanted === known) return;
    try {
      if (!(await this.#follow(wanted, known, signal))) {
        // Somebody else has moved the branch meanwhile: then the agent's commits are kept beside it.
        const name = `agent-${wanted.slice(0, 12)}`;
        await this.#move(`refs/signalbox/saved/${workspace.key}/${name}`, [wanted], signal);
      }
    } catch (error) {
      throw workspaceError(
        "workspace_git",
        `The commits of the agent in ${workspace.path} could not be taken over`,
        error,
      );
    }
    await this.#remember(wanted, false);
  }

  /** Moves the branch from `known` to `wanted`; false where it does not stand there, or not any more. */
  async #follow(wanted: string, known: string | null, signal: AbortSignal): Promise<boolean> {
    if ((await this.#tip(signal)) !== known) return false;
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

/** What an agent keeps between its runs on one issue: its home, and what it has of the repository. */
export function agentFolder(stateDir: string, key: string): string {
  return join(stateDir, "agents", key);
}

interface Places {
  readonly mirror: string;
  readonly branches: string;
  readonly logs: string;
  /** Holds the commit that was published last. */
  readonly published: string;
}

function placesOf({ stateDir, workspace }: AgentRepositoryOrder): Places {
  const own = agentFolder(stateDir, workspace.key);
  return {
    mirror: join(stateDir, "mirror.git"),
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
    writable(join(mirror, "objects")),
    readable(join(mirror, "objects", "pack")),
    readable(join(mirror, "objects", "info")),
    { path: join(mirror, ownRefs), source: branches, access: "write" },
    { path: join(mirror, "logs", ownRefs), source: logs, access: "write" },
    writable(gitDir),
    // The host's git would be led elsewhere by them.
    readable(join(gitDir, "commondir")),
    readable(join(gitDir, "gitdir")),
  ];
}

function readable(path: string): ContainmentMount {
  return { path, source: path, access: "read" };
}

function writable(path: string): ContainmentMount {
  return { path, source: path, access: "write" };
}

/** The agent may have put anything there. */
async function commitIn(file: string): Promise<string | null> {
  const text = (await plainContent(file, maxCommitBytes))?.toString("latin1").trim() ?? "";
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? text : null;
}
