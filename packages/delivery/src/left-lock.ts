import { rm, stat } from "node:fs/promises";
import { hasCode } from "./system-error.ts";
import { isAt, isOpen, livingGits, startInaccuracyMs } from "./living-git.ts";

export interface LockPlace {
  /** Absolute. */
  readonly lock: string;
  /** Where a git that could have made it works. */
  readonly folders: readonly string[];
  /** Epoch milliseconds: one that is older is not for us to judge. */
  readonly since: number;
  /** One that is older was left behind, whoever lives. Default: no lock is too old. */
  readonly leftAfterMs?: number;
}

/** Whether a lock of git's stands there, and whether anybody who is alive may have made it. */
export async function stateOfLock(place: LockPlace): Promise<"none" | "left" | "held"> {
  const madeAt = await madeAtOf(place.lock);
  if (madeAt === null) return "none";
  if (madeAt < place.since) return "held";
  if (Date.now() - madeAt > (place.leftAfterMs ?? Infinity)) return "left";
  const gits = await livingGits();
  if (gits === null) return "held";
  const mayHoldIt = gits.some(
    (git) =>
      git.startedAt <= madeAt + startInaccuracyMs &&
      place.folders.some((folder) => isAt(git, folder)),
  );
  if (mayHoldIt || (await isOpen(place.lock))) return "held";
  // Whoever was seen to be dead did not make one that came meanwhile.
  return (await madeAtOf(place.lock)) === madeAt ? "left" : "held";
}

export async function removeLock({ lock }: LockPlace): Promise<void> {
  await rm(lock, { force: true });
}

async function madeAtOf(lock: string): Promise<number | null> {
  try {
    return (await stat(lock)).mtimeMs;
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return null;
    throw error;
  }
}
