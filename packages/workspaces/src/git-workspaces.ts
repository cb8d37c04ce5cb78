import { readdir, rmdir } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import type { WorkflowConfig, WorkspaceFingerprint, WorkspaceRef } from "@signalbox/contracts";
import { Git } from "./git.ts";
import { trackingRef } from "./base-branch.ts";
import { type LookOrder, openCautiousLook, openLook } from "./look.ts";
import { looseBranch } from "./loose-ref.ts";
import { Mirror } from "./mirror.ts";
import { assertSafeWorkspace, describe, isMissing } from "./safe-path.ts";
import type { WorkspaceLocation } from "./safe-path.ts";
import { SavedWork } from "./saved-work.ts";
import { WorkReader } from "./work-state.ts";
import { SharedWork } from "./shared-work.ts";
import type { WorkspaceRecord } from "./workspace-record.ts";
import type { Found, WorkspaceOrigin, WorkspaceStore } from "./workspace-store.ts";
import { Worktrees } from "./worktree.ts";
import type { Worktree } from "./worktree.ts";
import { workspaceError } from "./workspace-error.ts";

/** Workspaces that are worktrees of the mirror, each on its own branch. */
export class GitWorkspaces implements WorkspaceStore {
  readonly #config: WorkflowConfig;
  readonly #mirror: Mirror;
  readonly #worktrees: Worktrees;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #saved: SavedWork;
  readonly #looks = new SharedWork<WorkspaceFingerprint>();
  #lastTree: { readonly head: string; readonly tree: string } | null = null;
  #newContent: { readonly baseCommit: string; readonly fingerprint: WorkspaceFingerprint } | null =
    null;

  constructor(config: WorkflowConfig, environment: Readonly<Record<string, string | undefined>>) {
    const git = Git.withoutSecrets(environment);
    const isLocal = isAbsolute(config.workspace.repository);
    this.#config = config;
    this.#mirror = new Mirror(config, git, isLocal ? git : new Git(environment));
    this.#worktrees = new Worktrees(this.#mirror, git);
    this.#environment = environment;
    this.#saved = new SavedWork(this.#mirror.path, git);
  }

  originOf(key: string): WorkspaceOrigin {
    return { branch: branchOf(key), branchIsNew: false, baseBranch: null, baseCommit: null };
  }

  async create(location: WorkspaceLocation, signal: AbortSignal): Promise<WorkspaceOrigin> {
    const branch = branchOf(location.key);
    try {
      const base = await this.#mirror.base(signal);
      const added = await this.#worktrees.add(location.path, branch, base, signal);
      return { branch, baseBranch: base.branch, ...added };
    } catch (error) {
      throw workspaceError("workspace_git", `${describe(location)} could not be made`, error);
    }
  }

  async find(
    location: WorkspaceLocation,
    record: WorkspaceRecord | null,
    signal: AbortSignal,
  ): Promise<Found> {
    const worktree = await this.#worktrees.find(location.path);
    if (worktree?.isHalfMade === true && !isFinished(record)) return "unfinished";
    if (worktree === null) {
      return (await readdir(location.path)).length === 0 ? "unfinished" : "foreign";
    }
    // Nobody works in it any more: the locks that stand there are those of a git that was killed.
    await this.#worktrees.unlock(worktree, branchOf(location.key));
    await this.#worktrees.moveOut(worktree);
    if (record !== null) return record;
    const base = await this.#mirror.base(signal);
    const branch = branchOf(location.key);
    const baseCommit = await this.#worktrees.mergeBase(branch, base.commit, signal);
    return { branch, branchIsNew: false, baseBranch: base.branch, baseCommit };
  }

  async discard(location: WorkspaceLocation, origin: WorkspaceOrigin | null): Promise<void> {
    if ((await this.#worktrees.find(location.path)) === null) await removeIfEmpty(location.path);
    else await this.#worktrees.remove(location.path);
    if (origin?.branchIsNew === true && origin.branch !== null) {
      await this.#worktrees.deleteBranch(origin.branch);
    }
  }

  /** Makes the mirror where it is missing. Throws as `create` does. */
  async getReady(signal: AbortSignal): Promise<void> {
    await this.#mirror.base(signal);
  }

  /** Whether a workspace that nobody has worked in would be made the same now. */
  async isAtBase(origin: WorkspaceOrigin, signal: AbortSignal): Promise<boolean> {
    if (!origin.branchIsNew) return false;
    return (await this.#mirror.base(signal)).commit === origin.baseCommit;
  }

  /** Every new branch on one base commit holds the same, so it is looked at once. */
  async contentOfNew(
    workspace: WorkspaceRef,
    { branchIsNew, baseCommit }: WorkspaceOrigin,
    signal: AbortSignal,
  ): Promise<WorkspaceFingerprint | null> {
    if (!branchIsNew || baseCommit === null) return null;
    if (this.#newContent?.baseCommit !== baseCommit) {
      const work = this.#looks.run(baseCommit, async () => {
        const [look] = await Promise.all([
          this.fingerprint(workspace, null, signal),
          // Of a clean one that is the digest: asked for while git looks whether it is clean.
          this.#treeOf(baseCommit, signal),
        ]);
        return look;
      });
      // Whoever shares the look of another must not fall with it.
      const fingerprint = await work.catch(() => this.fingerprint(workspace, null, signal));
      this.#newContent = { baseCommit, fingerprint };
    }
    return this.#newContent.fingerprint;
  }

  async tip({ branch }: WorkspaceRef): Promise<string | null> {
    return branch === null ? null : looseBranch(this.#mirror.path, branch);
  }

  async fingerprint(
    workspace: WorkspaceRef,
    record: WorkspaceRecord | null,
    signal: AbortSignal,
  ): Promise<WorkspaceFingerprint> {
    await assertSafeWorkspace(workspace);
    const worktree = await this.#worktreeOf(workspace, "workspace_git");
    try {
      await using look = await openCautiousLook(this.#lookAt(workspace, worktree));
      const { tree, head, dirty } = await new WorkReader(look).read(worktree, signal);
      const isOnBranch =
        (await this.#worktrees.head(worktree)) === `refs/heads/${workspace.branch}`;
      // A branch that stands where it started has no commits of its own, without asking git.
      const { count, tip } =
        isOnBranch && head !== null && head === workspace.baseCommit
          ? { count: 0, tip: null }
          : await this.#worktrees.ahead(...this.#range(workspace, record), signal);
      const digest =
        tree ?? (tip?.commit === head ? tip?.tree : null) ?? (await this.#treeOf(head, signal));
      return { digest, head, commitsAhead: count, dirty };
    } catch (error) {
      throw workspaceError("workspace_git", `${describe(workspace)} could not be read`, error);
    }
  }

  async save(
    workspace: WorkspaceRef,
    record: WorkspaceRecord | null,
    signal: AbortSignal,
  ): Promise<string | null> {
    const worktree = await this.#worktreeOf(workspace, "workspace_save");
    if (worktree.isHalfMade && !isFinished(record)) return null;
    await using look = await openLook(this.#lookAt(workspace, worktree));
    const read = () => new WorkReader(look).read(worktree, signal);
    const isOnBranch = (await this.#worktrees.head(worktree)) === `refs/heads/${workspace.branch}`;
    const saved = await this.#saved.save(workspace, worktree, { read, isOnBranch }, signal);
    if (saved !== null) return saved;
    const ahead = await this.#commitsAhead(workspace, record, signal);
    return ahead === 0 ? null : `refs/heads/${workspace.branch}`;
  }

  async remove(
    workspace: WorkspaceRef,
    record: WorkspaceRecord | null,
    savedRef: string | null,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#worktrees.remove(workspace.path);
    const { branch } = workspace;
    if (branch === null || savedRef === `refs/heads/${branch}`) return;
    if ((await this.#commitsAhead(workspace, record, signal)) === 0) {
      await this.#worktrees.deleteBranch(branch);
    }
  }

  async #commitsAhead(
    workspace: WorkspaceRef,
    record: WorkspaceRecord | null,
    signal: AbortSignal,
  ): Promise<number> {
    // A branch that stands where it started has no commits of its own, without asking git.
    const tip = await this.tip(workspace);
    if (tip !== null && tip === workspace.baseCommit) return 0;
    return this.#worktrees.commitsAhead(...this.#range(workspace, record), signal);
  }

  /** The branch, and what its own commits are counted from. */
  #range(workspace: WorkspaceRef, record: WorkspaceRecord | null): [string, readonly string[]] {
    const base = trackingRef(record?.baseBranch ?? this.#config.workspace.base ?? "HEAD");
    const known = [base, ...(workspace.baseCommit === null ? [] : [workspace.baseCommit])];
    return [`refs/heads/${workspace.branch}`, known];
  }

  /** Of a commit in the mirror; the last answer is kept, since most clean worktrees stand at one base. */
  async #treeOf(head: string | null, signal: AbortSignal): Promise<string> {
    if (head !== null && this.#lastTree?.head === head) return this.#lastTree.tree;
    const tree = await this.#mirror.tree(head ?? "HEAD", signal);
    if (head !== null) this.#lastTree = { head, tree };
    return tree;
  }

  #lookAt({ key }: WorkspaceRef, worktree: Worktree): LookOrder {
    const { path: mirror } = this.#mirror;
    const { stateDir } = this.#config;
    return { stateDir, mirror, key, worktree, environment: this.#environment };
  }

  async #worktreeOf(
    workspace: WorkspaceRef,
    code: "workspace_git" | "workspace_save",
  ): Promise<Worktree> {
    const worktree = await this.#worktrees.find(workspace.path);
    if (worktree !== null) return worktree;
    throw new SignalboxError(
      code,
      `${describe(workspace)} is not a worktree of ${this.#mirror.path}.`,
      { remedy: `Save by hand what you need of ${workspace.path}, then delete that folder.` },
    );
  }
}

/** Branch of the workspace with this key. */
function branchOf(key: string): string {
  return `signalbox/${key}`;
}

/** Then the worktree was whole once, and only an agent can have marked it as half made. */
function isFinished(record: WorkspaceRecord | null): boolean {
  return record !== null && record.stage !== "unfinished";
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
