import { mkdir, realpath } from "node:fs/promises";
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
import { FolderWorkspaces } from "./folder-workspaces.ts";
import { GitWorkspaces } from "./git-workspaces.ts";
import { KeyedQueue } from "./keyed-queue.ts";
import { describe, inspectWorkspacePath, occupied } from "./safe-path.ts";
import type { WorkspaceLocation } from "./safe-path.ts";
import { WorkspaceHooks } from "./workspace-hooks.ts";
import { workspaceKey } from "./workspace-key.ts";
import { WorkspaceRecords } from "./workspace-record.ts";
import type { WorkspaceRecord } from "./workspace-record.ts";
import { workspaceError } from "./workspace-error.ts";
import type { WorkspaceOrigin, WorkspaceStore } from "./workspace-store.ts";
import { WorkspacesAhead, type TakenAhead } from "./workspaces-ahead.ts";

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
  readonly #hooks: WorkspaceHooks;
  readonly #logger: Logger | null;
  readonly #records: WorkspaceRecords;
  readonly #git: GitWorkspaces;
  readonly #folders: FolderWorkspaces;
  readonly #queue = new KeyedQueue();
  readonly #ahead: WorkspacesAhead;

  constructor(config: WorkflowConfig, options: WorkspaceManagerOptions = {}) {
    this.#config = config;
    this.#hooks = new WorkspaceHooks(config, options);
    this.#logger = options.logger ?? null;
    this.#records = new WorkspaceRecords(config.stateDir);
    this.#git = new GitWorkspaces(config, options.environment ?? process.env);
    this.#folders = new FolderWorkspaces();
    this.#ahead = new WorkspacesAhead(this.#git, this.#records, this.#logger);
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
    for (const key of this.#ahead.keys()) {
      if (!keys.has(key)) await this.#queue.run(key, () => this.#ahead.discard(key));
    }
    for (const order of expected) {
      if (signal.aborted) return;
      const key = workspaceKey(order.identifier);
      await this.#queue.run(key, async () =>
        this.#ahead.make(order, await this.#locate(key, order.identifier, null), signal),
      );
    }
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
    if (ahead !== null) return madeAhead(order, location, ahead);
    try {
      return await this.#findOrCreate(order, location, record, signal);
    } catch (error) {
      throw workspaceError(
        "workspace_population",
        `${describe(location)} could not be made`,
        error,
      );
    }
  }

  async #findOrCreate(
    order: WorkspaceOrder,
    location: WorkspaceLocation,
    record: WorkspaceRecord | null,
    signal: AbortSignal,
  ): Promise<Workspace> {
    if (record !== null && record.identifier !== order.identifier) {
      throw occupied(location, `belongs to issue ${JSON.stringify(record.identifier)}`);
    }
    const identity = { ...order, key: location.key, path: location.path };
    const store = this.#storeFor(record);
    const found = await this.#find(store, location, record, signal);
    if (found !== null) {
      const { branch, baseCommit } = found;
      return { ...identity, branch, baseCommit, createdNow: false };
    }
    const origin = await this.#create(store, order, location, signal);
    const { branch, baseCommit } = origin;
    const workspace = { ...identity, branch, baseCommit, createdNow: true };
    if (this.#config.hooks.afterCreate !== null) return workspace;
    const fingerprint = await store.contentOfNew?.(workspace, origin, signal);
    return fingerprint === null || fingerprint === undefined
      ? workspace
      : { ...workspace, fingerprint };
  }

  /** `null`: nothing stands in the way of making it. What is left of an unfinished one has been removed then. */
  async #find(
    store: WorkspaceStore,
    location: WorkspaceLocation,
    record: WorkspaceRecord | null,
    signal: AbortSignal,
  ): Promise<WorkspaceOrigin | null> {
    const isThere = (await inspectWorkspacePath(location)) === "folder";
    if (record?.stage === "unfinished") {
      await store.discard(location, record);
      return null;
    }
    if (!isThere) return null;
    const found = await store.find(location, record, signal);
    if (found === "foreign") throw occupied(location, "was not made by Signalbox");
    if (found !== "unfinished") return found;
    await store.discard(location, null);
    return null;
  }

  async #create(
    store: WorkspaceStore,
    order: WorkspaceOrder,
    location: WorkspaceLocation,
    signal: AbortSignal,
  ): Promise<WorkspaceOrigin> {
    const { key, identifier, path } = location;
    const write = (stage: WorkspaceRecord["stage"], made: WorkspaceOrigin): Promise<void> =>
      this.#records.write(key, { identifier, path, ...made, stage });
    // Without a hook the folder itself tells whether it is finished.
    const hasHook = this.#config.hooks.afterCreate !== null;
    if (hasHook) await write("unfinished", store.originOf(key));
    let origin: WorkspaceOrigin | null = null;
    try {
      origin = await store.create(location, signal);
      if (hasHook) {
        await write("unfinished", origin);
        const { branch, baseCommit } = origin;
        const workspace = { ...order, key, path, branch, baseCommit };
        await this.#hooks.afterCreate(workspace, {}, signal);
        await inspectWorkspacePath(location);
      }
      await write("ready", origin);
      return origin;
    } catch (error) {
      await this.#undo(store, location, origin);
      throw error;
    }
  }

  /** What cannot be undone now, the next `prepare` undoes: the record stays, and says `unfinished`. */
  async #undo(
    store: WorkspaceStore,
    location: WorkspaceLocation,
    origin: WorkspaceOrigin | null,
  ): Promise<void> {
    try {
      if (origin !== null) await store.discard(location, origin);
      await this.#records.remove(location.key);
    } catch (error) {
      const message = `${describe(location)} is unfinished and could not be removed: ${String(error)}`;
      this.#logger?.log("warn", message, { issue_identifier: location.identifier });
    }
  }

  async #remove(workspace: WorkspaceRef, signal: AbortSignal): Promise<WorkspaceRemoval> {
    signal.throwIfAborted();
    const store = this.#storeOf(workspace.branch);
    const record = await this.#recordOf(workspace);
    let savedRef: string | null = null;
    if ((await inspectWorkspacePath(workspace)) === "folder") {
      await this.#hooks.beforeRemove(workspace, {}, signal);
      signal.throwIfAborted();
      await inspectWorkspacePath(workspace);
      savedRef = await store.save(workspace, record, signal);
    }
    await store.remove(workspace, record, savedRef, signal);
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

function madeAhead(
  order: WorkspaceOrder,
  { key, path }: WorkspaceLocation,
  { origin, fingerprint }: TakenAhead,
): Workspace {
  const { branch, baseCommit } = origin;
  const workspace = { ...order, key, path, branch, baseCommit, createdNow: true };
  return fingerprint === null ? workspace : { ...workspace, fingerprint };
}
