import type { Logger, WorkspaceFingerprint, WorkspaceOrder } from "@signalbox/contracts";
import type { GitWorkspaces } from "./git-workspaces.ts";
import { inspectWorkspacePath, type WorkspaceLocation } from "./safe-path.ts";
import type { WorkspaceRecords, WorkspaceStage } from "./workspace-record.ts";
import type { WorkspaceOrigin } from "./workspace-store.ts";

interface Ahead {
  readonly location: WorkspaceLocation;
  readonly origin: WorkspaceOrigin;
  readonly fingerprint: WorkspaceFingerprint | null;
}

/** A workspace that was made ahead of time and is used now. */
export type TakenAhead = Omit<Ahead, "location">;

/**
 * Workspaces made before they are asked for. Until one is taken its record says `unfinished`, so that after a crash it
 * is made anew, from the base as it is then.
 */
export class WorkspacesAhead {
  readonly #store: GitWorkspaces;
  readonly #records: WorkspaceRecords;
  readonly #logger: Logger | null;
  readonly #ahead = new Map<string, Ahead>();
  /** Keys of workspaces that another process makes, or has. */
  readonly #handedOver = new Set<string>();

  constructor(store: GitWorkspaces, records: WorkspaceRecords, logger: Logger | null) {
    this.#store = store;
    this.#records = records;
    this.#logger = logger;
  }

  /** Undoes what is not in `wanted`. */
  async keep(wanted: ReadonlySet<string>, discard: (key: string) => Promise<void>): Promise<void> {
    for (const key of this.#handedOver) if (!wanted.has(key)) this.#handedOver.delete(key);
    for (const key of this.#ahead.keys()) if (!wanted.has(key)) await discard(key);
  }

  /** Makes the mirror and finds the base, so that the first workspace need not wait for them. */
  async getReady(signal: AbortSignal): Promise<void> {
    try {
      await this.#store.getReady(signal);
    } catch (error) {
      if (!signal.aborted) this.#logger?.log("debug", `The mirror is not ready: ${String(error)}`);
    }
  }

  /** Makes it, or makes it anew where the base has moved. Trouble is left to whoever prepares it in earnest. */
  async make(
    order: WorkspaceOrder,
    location: WorkspaceLocation,
    signal: AbortSignal,
  ): Promise<void> {
    const { key, identifier, path } = location;
    if (this.#handedOver.has(key)) return;
    const known = this.#ahead.get(key);
    try {
      if (known !== undefined) {
        if (await this.#store.isAtBase(known.origin, signal)) return;
        await this.discard(key);
      } else if ((await this.#records.read(key)) !== null) return;
      if ((await inspectWorkspacePath(location)) === "folder") return;
      const record = { identifier, path, stage: "unfinished" } as const;
      await this.#records.write(key, { ...record, ...this.#store.originOf(key) });
      const origin = await this.#store.create(location, signal);
      await this.#records.write(key, { ...record, ...origin });
      const { branch, baseCommit } = origin;
      const workspace = { ...order, key, path, branch, baseCommit };
      const fingerprint = await this.#store.contentOfNew(workspace, origin, signal);
      this.#ahead.set(key, { location, origin, fingerprint });
    } catch (error) {
      if (signal.aborted) return;
      const message = `The workspace of ${identifier} was not made ahead of time: ${String(error)}`;
      this.#logger?.log("debug", message, { issue_identifier: identifier });
    }
  }

  /** `null` where there is none, or where the base has moved since; it is gone then. */
  take(key: string, signal: AbortSignal): Promise<TakenAhead | null> {
    return this.#release(key, "ready", signal);
  }

  /** Keeps off it from here on, until it is not wanted any more. */
  async handOver(key: string, signal: AbortSignal): Promise<void> {
    this.#handedOver.add(key);
    await this.#release(key, "handed-over", signal);
  }

  async #release(
    key: string,
    stage: WorkspaceStage,
    signal: AbortSignal,
  ): Promise<TakenAhead | null> {
    const ahead = this.#ahead.get(key);
    if (ahead === undefined) return null;
    const { location, origin, fingerprint } = ahead;
    const { identifier, path } = location;
    const isThere = (await inspectWorkspacePath(location)) === "folder";
    if (isThere && (await this.#store.isAtBase(origin, signal))) {
      this.#ahead.delete(key);
      const known = stage === "ready" || fingerprint === null ? {} : { fingerprint };
      await this.#records.write(key, { identifier, path, ...origin, stage, ...known });
      return { origin, fingerprint };
    }
    await this.discard(key);
    return null;
  }

  async discard(key: string): Promise<void> {
    const ahead = this.#ahead.get(key);
    if (ahead === undefined) return;
    this.#ahead.delete(key);
    await this.#store.discard(ahead.location, ahead.origin);
    await this.#records.remove(key);
  }
}
