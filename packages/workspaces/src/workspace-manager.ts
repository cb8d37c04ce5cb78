import { mkdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import type {
  Logger,
  WorkflowConfig,
  Workspace,
  WorkspaceFingerprint,
  WorkspaceOrder,
  WorkspaceProvider,
  WorkspaceRef,
  WorkspaceRemoval,
} from "@signalbox/contracts";
import { agentFolder, AgentRepository } from "./agent-repository.ts";
import { FolderWorkspaces } from "./folder-workspaces.ts";
import { GitWorkspaces } from "./git-workspaces.ts";
import { KeyedQueue } from "./keyed-queue.ts";
import { describe, inspectWorkspacePath } from "./safe-path.ts";
import type { WorkspaceLocation } from "./safe-path.ts";
import { newWorkspace, WorkspaceMaker } from "./workspace-maker.ts";
import { WorkspaceHooks } from "./workspace-hooks.ts";
import { workspaceKey } from "./workspace-key.ts";
import { WorkspaceRecords } from "./workspace-record.ts";
import type { WorkspaceRecord } from "./workspace-record.ts";
import { workspaceError } from "./workspace-error.ts";
import type { WorkspaceStore } from "./workspace-store.ts";
import { WorkspacesAhead } from "./workspaces-ahead.ts";

export interface WorkspaceManagerOptions {
  /** Of git and the hooks, filtered for both. Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Hears of hooks and of clean-up that went wrong. Default: nobody. */
  readonly logger?: Logger;
}

/**
 * The workspaces of one workflow file, `git` or `folder`. Several managers, also in several processes, may serve one
 * state folder, as long as only one of them works on an issue at a time.
 */
export class WorkspaceManager implements WorkspaceProvider {
  readonly #config: WorkflowConfig;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #hooks: WorkspaceHooks;
  readonly #logger: Logger | null;
  readonly #records: WorkspaceRecords;
  readonly #git: GitWorkspaces;
  readonly #folders: FolderWorkspaces;
  readonly #queue = new KeyedQueue();
  readonly #ahead: WorkspacesAhead;
  readonly #maker: WorkspaceMaker;

  constructor(config: WorkflowConfig, options: WorkspaceManagerOptions = {}) {
    this.#config = config;
    this.#environment = options.environment ?? process.env;
    this.#hooks = new WorkspaceHooks(config, options);
    this.#logger = options.logger ?? null;
    this.#records = new WorkspaceRecords(config.stateDir);
    this.#git = new GitWorkspaces(config, this.#environment);
    this.#folders = new FolderWorkspaces();
    this.#ahead = new WorkspacesAhead(this.#git, this.#records, this.#logger);
    this.#maker = new WorkspaceMaker(config, this.#hooks, this.#records, this.#logger);
  }

  /**
   * Finds the workspace of an issue untouched, or makes it and runs `after_create`. When that fails or is aborted,
   * what was made is removed again. Throws `workspace_config`, `workspace_occupied`, `workspace_unsafe_path`,
   * `workspace_git`, `hook_failed`, `hook_timed_out`, or the signal's reason.
   */
  prepare(order: WorkspaceOrder, signal: AbortSignal): Promise<Workspace> {
    const key = workspaceKey(order.identifier);
    return this.#queue.run(key, () => this.#prepare(key, order, signal));
  }

  /**
   * Makes the mirror, and git workspaces ahead of time, unless an `after_create` hook has to run in them, and undoes those of issues
   * that are not expected any more.
   */
  async expect(orders: readonly WorkspaceOrder[], signal: AbortSignal): Promise<void> {
    const { hooks, workspace } = this.#config;
    const expected = hooks.afterCreate === null && workspace.kind === "git" ? orders : [];
    const keys = new Set(expected.map((order) => workspaceKey(order.identifier)));
    if (workspace.kind === "git" && !signal.aborted) await this.#ahead.getReady(signal);
    await this.#ahead.keep(keys, (key) => this.#queue.run(key, () => this.#ahead.discard(key)));
    for (const order of expected) {
      if (signal.aborted) return;
      const key = workspaceKey(order.identifier);
      await this.#queue.run(key, async () =>
        this.#ahead.make(order, await this.#locate(key, order.identifier, null), signal),
      );
    }
  }

  /**
   * To be called before another process prepares the workspace of an issue: what was made ahead for it is finished and
   * is found there; from here on this manager leaves it alone until the issue is not expected any more.
   */
  async handOver({ identifier }: WorkspaceOrder, signal: AbortSignal): Promise<void> {
    const key = workspaceKey(identifier);
    await this.#queue.run(key, () => this.#ahead.handOver(key, signal));
  }

  /** Reads without changing anything in the workspace. Throws `workspace_git`, `workspace_unsafe_path`. */
  async fingerprint(workspace: WorkspaceRef, signal: AbortSignal): Promise<WorkspaceFingerprint> {
    const record = await this.#recordOf(workspace);
    return this.#storeOf(workspace.branch).fingerprint(workspace, record, signal);
  }

  async tip(workspace: WorkspaceRef): Promise<string | null> {
    return this.#storeOf(workspace.branch).tip?.(workspace) ?? null;
  }

  /**
   * Runs `before_remove`, saves what would be lost to `refs/signalbox/saved/<key>/<n>` of the mirror, and removes the
   * folder; a branch with commits that its base lacks stays. Throws `workspace_save` (nothing was removed),
   * `workspace_unsafe_path`, `workspace_occupied`, `workspace_git`.
   */
  remove(workspace: WorkspaceRef, signal: AbortSignal): Promise<WorkspaceRemoval> {
    return this.#queue.run(workspace.key, () => this.#remove(workspace, signal));
  }

  async #prepare(key: string, order: WorkspaceOrder, signal: AbortSignal): Promise<Workspace> {
    signal.throwIfAborted();
    const ahead = await this.#ahead.take(key, signal);
    const record = await this.#records.read(key);
    const location = await this.#locate(key, order.identifier, record);
    if (ahead !== null) return newWorkspace(order, location, ahead);
    try {
      return await this.#maker.make(this.#storeFor(record), order, location, record, signal);
    } catch (error) {
      throw workspaceError(
        "workspace_population",
        `${describe(location)} could not be made`,
        error,
      );
    }
  }

  async #remove(workspace: WorkspaceRef, signal: AbortSignal): Promise<WorkspaceRemoval> {
    signal.throwIfAborted();
    const store = this.#storeOf(workspace.branch);
    const record = await this.#recordOf(workspace);
    const { stateDir } = this.#config;
    const agentOrder = { stateDir, workspace, environment: this.#environment };
    await AgentRepository.recover(agentOrder, signal);
    let savedRef: string | null = null;
    if ((await inspectWorkspacePath(workspace)) === "folder") {
      await this.#hooks.beforeRemove(workspace, {}, signal);
      signal.throwIfAborted();
      await inspectWorkspacePath(workspace);
      savedRef = await store.save(workspace, record, signal);
    }
    await store.remove(workspace, record, savedRef, signal);
    await rm(agentFolder(stateDir, workspace.key), { recursive: true, force: true });
    if (record !== null) await this.#records.remove(workspace.key);
    return { savedRef };
  }

  /** Where the workspace stands, or is to stand: a root that was changed later does not move it. */
  async #locate(
    key: string,
    identifier: string,
    record: WorkspaceRecord | null,
  ): Promise<WorkspaceLocation> {
    if (record !== null) {
      const location = { key, identifier, path: record.path };
      if ((await inspectWorkspacePath(location)) === "folder") return location;
    }
    const { root } = this.#config.workspace;
    try {
      await mkdir(root, { recursive: true });
      return { key, identifier, path: join(await realpath(root), key) };
    } catch (error) {
      throw workspaceError("workspace_config", `workspace.root ${root} cannot be used`, error);
    }
  }

  async #recordOf(workspace: WorkspaceRef): Promise<WorkspaceRecord | null> {
    const record = await this.#records.read(workspace.key);
    return record?.path === workspace.path ? record : null;
  }

  #storeFor(record: WorkspaceRecord | null): WorkspaceStore {
    if (record !== null) return this.#storeOf(record.branch);
    return this.#config.workspace.kind === "git" ? this.#git : this.#folders;
  }

  #storeOf(branch: string | null): WorkspaceStore {
    return branch === null ? this.#folders : this.#git;
  }
}
