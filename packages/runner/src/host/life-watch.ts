import { statSync } from "node:fs";
import { isRunning, type ProcessIdentity } from "../folder/process-identity.ts";
import type { RunFolder } from "../folder/run-folder.ts";

/** How often a runner is looked after that says nothing by itself. */
export const lookMs = 5_000;
/** Looks without any sign of life, after which a runner counts as hung: 2 minutes, or 20 s where it was told to stop. */
const maxSilentLooks = 24;
const maxSilentLooksStopping = 4;

/** Tells a runner that hangs from one that is merely hard to reach. */
export class LifeWatch {
  readonly #owner: ProcessIdentity | null;
  readonly #folder: RunFolder;
  #silentLooks = 0;
  #lastSign = "";

  constructor(owner: ProcessIdentity | null, folder: RunFolder) {
    this.#owner = owner;
    this.#folder = folder;
  }

  /**
   * To be called after a silence of `silentMs`; `heard` grows with every word from the runner. Returns the runner
   * when it lives and has given no sign of life for too long, on its socket or on its lock.
   */
  look(silentMs: number, heard: number, isStopping: boolean): ProcessIdentity | null {
    const sign = `${heard} ${lastBeat(this.#folder.lock)}`;
    this.#silentLooks = sign === this.#lastSign ? this.#silentLooks + silentMs / lookMs : 0;
    this.#lastSign = sign;
    const limit = isStopping ? maxSilentLooksStopping : maxSilentLooks;
    const owner = this.#owner;
    return this.#silentLooks >= limit && owner !== null && isRunning(owner) ? owner : null;
  }
}

/** Epoch milliseconds; 0 where it cannot be read. */
function lastBeat(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
