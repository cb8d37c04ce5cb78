import { mkdirSync } from "node:fs";
import { createExclusively, readJson } from "./exclusive-file.ts";
import { isProcessIdentity, type ProcessIdentity } from "./process-identity.ts";
import type { RunFolder } from "./run-folder.ts";

/**
 * Says once and for all who owns a run: the runner that made it first, or nobody, where recovery was faster. It is
 * never taken over and goes with its folder alone, so a runner that comes late finds it whatever happened meanwhile.
 */
export type RunLock =
  | {
      readonly kind: "runner";
      readonly owner: ProcessIdentity;
      /** Path of its control socket. */
      readonly socket: string;
    }
  /** No runner may start this run any more. */
  | { readonly kind: "revoked" }
  /** Cut off by a loss of power: whoever made it is not alive. */
  | { readonly kind: "damaged" };

/** `null` where the lock is the caller's now; else who has it. */
export function takeRunLock(
  folder: RunFolder,
  lock: Exclude<RunLock, { kind: "damaged" }>,
): RunLock | null {
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  const content = `${JSON.stringify({ v: 1, ...lock })}\n`;
  return createExclusively(folder.lock, content) ? null : readRunLock(folder);
}

/** `null` where nobody has taken it. */
export function readRunLock(folder: RunFolder): RunLock | null {
  const value = readJson(folder.lock);
  if (value === null) return null;
  if (typeof value !== "object" || !("kind" in value)) return { kind: "damaged" };
  if (value.kind === "revoked") return { kind: "revoked" };
  const owner = "owner" in value ? value.owner : null;
  const socket = "socket" in value ? value.socket : null;
  if (!isProcessIdentity(owner) || typeof socket !== "string") return { kind: "damaged" };
  return { kind: "runner", owner, socket };
}
