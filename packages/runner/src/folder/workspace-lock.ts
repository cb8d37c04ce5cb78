import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SignalboxError, type WorkspaceErrorCode } from "@signalbox/contracts";
import { createExclusively, readJson } from "./exclusive-file.ts";
import { identityOf, isProcessIdentity, isRunning } from "./process-identity.ts";

export interface WorkspaceLockOrder {
  readonly stateDir: string;
  /** Of the workspace: safe as a file name. */
  readonly key: string;
  /** Of the run that wants it. */
  readonly marker: string;
  /** Ends what a run has left that died with the lock in its hand. */
  readonly killStrays: (marker: string) => Promise<unknown>;
}

interface Holder {
  readonly generation: number;
  /** `null`: given back. */
  readonly marker: string | null;
  readonly isAlive: boolean;
}

/**
 * One workspace, one live run. Each holder makes a file of the next generation and only the newest counts, so taking
 * over from a dead holder cannot hit somebody who was faster: a file that exists is never replaced by another holder.
 */
export class WorkspaceLock {
  readonly #path: string;
  #isHeld = true;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Rejects with `workspace_occupied` where a live run has it. */
  static async take(order: WorkspaceLockOrder): Promise<WorkspaceLock> {
    const { stateDir, key, marker, killStrays } = order;
    const folder = join(stateDir, "locks", key);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (;;) {
      const holder = newestHolder(folder);
      if (holder !== null && holder.isAlive) throw occupied(key, holder.marker);
      if (holder !== null && holder.marker !== null) await killStrays(holder.marker);
      const generation = (holder?.generation ?? 0) + 1;
      const path = join(folder, String(generation));
      const content = JSON.stringify({ v: 1, marker, owner: identityOf(process.pid) });
      if (!createExclusively(path, content)) continue;
      if (newestHolder(folder)?.generation === generation) {
        removeOlder(folder, generation);
        return new WorkspaceLock(path);
      }
      // A newer one had come and cleared the way up to here.
      rmSync(path, { force: true });
    }
  }

  /** Idempotent; throws where the disk takes nothing, and can be called again. The newest generation stays, as given back: numbers are not used twice. */
  release(): void {
    if (!this.#isHeld) return;
    const draft = `${this.#path}.released`;
    writeFileSync(draft, JSON.stringify({ v: 1, marker: null, owner: null }), { mode: 0o600 });
    renameSync(draft, this.#path);
    this.#isHeld = false;
  }
}

function newestHolder(folder: string): Holder | null {
  const generation = Math.max(0, ...generations(folder));
  if (generation === 0) return null;
  const value = readJson(join(folder, String(generation)));
  // Cleared away by a newer one, or cut off by a loss of power.
  if (typeof value !== "object" || value === null) {
    return { generation, marker: null, isAlive: false };
  }
  const marker = "marker" in value && typeof value.marker === "string" ? value.marker : null;
  const owner = "owner" in value && isProcessIdentity(value.owner) ? value.owner : null;
  return { generation, marker, isAlive: owner !== null && isRunning(owner) };
}

function generations(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function removeOlder(folder: string, generation: number): void {
  for (const older of generations(folder)) {
    if (older < generation) rmSync(join(folder, String(older)), { force: true });
  }
}

function occupied(key: string, marker: string | null): SignalboxError {
  return new SignalboxError<WorkspaceErrorCode>(
    "workspace_occupied",
    `The workspace ${key} is in use by the run with the mark ${marker ?? "?"}.`,
    { retryable: true, remedy: "Wait until that run has ended, or stop it." },
  );
}
