import { resolve, sep } from "node:path";
import { GitFailure } from "./git.ts";
import { removeLock, stateOfLock } from "./left-lock.ts";

/** One operation of git takes a few locks, one after the other. */
const maxLocks = 5;
/** git holds a lock in the mirror for milliseconds; this old, it was left behind whoever lives. */
const leftAfterMs = 60_000;

/**
 * Does a work of git in the mirror, again where a lock was in the way that a killed git has left behind. `folders` are
 * those where a git works that writes to the mirror.
 */
export async function despiteLeftLocks<T>(
  mirror: string,
  folders: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  for (let removed = 0; ; removed += 1) {
    try {
      return await work();
    } catch (error) {
      const lock = lockIn(mirror, error);
      if (lock === null || removed === maxLocks) throw error;
      const place = { lock, folders, since: 0, leftAfterMs };
      const state = await stateOfLock(place);
      if (state === "held") throw error;
      if (state === "left") await removeLock(place);
    }
  }
}

/** The lock in the mirror that this failure of git names. */
function lockIn(mirror: string, failure: unknown): string | null {
  if (!(failure instanceof GitFailure)) return null;
  const named = /Unable to create '([^'\n]+\.lock)': File exists/.exec(failure.stderr)?.[1];
  if (named === undefined) return null;
  const lock = resolve(mirror, named);
  return lock.startsWith(mirror + sep) ? lock : null;
}
