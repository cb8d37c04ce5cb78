import type { Logger, WorkflowConfig, Workspace, WorkspaceOrder } from "@signalbox/contracts";
import { describe, inspectWorkspacePath, occupied } from "./safe-path.ts";
import type { WorkspaceLocation } from "./safe-path.ts";
import type { WorkspaceHooks } from "./workspace-hooks.ts";
import type { WorkspaceRecord, WorkspaceRecords } from "./workspace-record.ts";
import type { WorkspaceOrigin, WorkspaceStore } from "./workspace-store.ts";
import type { TakenAhead } from "./workspaces-ahead.ts";

/** Brings one workspace into being, or finds it. Calls for one key come one after the other. */
export class WorkspaceMaker {
  readonly #config: WorkflowConfig;
  readonly #hooks: WorkspaceHooks;
  readonly #records: WorkspaceRecords;
  readonly #logger: Logger | null;

  constructor(
    config: WorkflowConfig,
    hooks: WorkspaceHooks,
    records: WorkspaceRecords,
    logger: Logger | null,
  ) {
    this.#config = config;
    this.#hooks = hooks;
    this.#records = records;
    this.#logger = logger;
  }

  /** Finds it untouched, or makes it where nothing stands. A failure leaves nothing, or a record that says `unfinished`. */
  async make(
    store: WorkspaceStore,
    order: WorkspaceOrder,
    location: WorkspaceLocation,
    record: WorkspaceRecord | null,
    signal: AbortSignal,
  ): Promise<Workspace> {
    if (record !== null && record.identifier !== order.identifier) {
      throw occupied(location, `belongs to issue ${JSON.stringify(record.identifier)}`);
    }
    const identity = { ...order, key: location.key, path: location.path };
    if (record?.stage === "handed-over") {
      const taken = await this.#takeOver(store, location, record, signal);
      if (taken !== null) return newWorkspace(order, location, taken);
    }
    const found = await this.#find(store, location, record, signal);
    if (found !== null) {
      const { branch, baseCommit } = found;
      return { ...identity, branch, baseCommit, createdNow: false };
    }
    // Otherwise it would say of a half-made one that it is whole.
    if (record !== null) await this.#records.remove(location.key);
    const origin = await this.#create(store, order, location, signal);
    const workspace = newWorkspace(order, location, { origin, fingerprint: null });
    if (this.#config.hooks.afterCreate !== null) return workspace;
    const fingerprint = (await store.contentOfNew?.(workspace, origin, signal)) ?? null;
    return newWorkspace(order, location, { origin, fingerprint });
  }

  /** What another process has made ahead; `null` where it is not whole any more, and has been removed. */
  async #takeOver(
    store: WorkspaceStore,
    location: WorkspaceLocation,
    record: WorkspaceRecord,
    signal: AbortSignal,
  ): Promise<TakenAhead | null> {
    const isThere = (await inspectWorkspacePath(location)) === "folder";
    const found = isThere ? await store.find(location, record, signal) : "unfinished";
    if (found === "foreign") throw occupied(location, "was not made by Signalbox");
    if (found === "unfinished") {
      await store.discard(location, record);
      await this.#records.remove(location.key);
      return null;
    }
    const { fingerprint = null, ...kept } = record;
    await this.#records.write(location.key, { ...kept, stage: "ready" });
    return { origin: found, fingerprint };
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
}

/** A workspace that nobody has worked in. */
export function newWorkspace(
  order: WorkspaceOrder,
  { key, path }: WorkspaceLocation,
  { origin, fingerprint }: TakenAhead,
): Workspace {
  const { branch, baseCommit } = origin;
  const workspace = { ...order, key, path, branch, baseCommit, createdNow: true };
  return fingerprint === null ? workspace : { ...workspace, fingerprint };
}
