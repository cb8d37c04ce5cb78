import { rm, stat } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { GitFailure } from "./git.ts";
import { isMissing } from "./safe-path.ts";

/** git holds the lock of a ref or of its configuration for milliseconds; this old, its owner was killed. */
const staleAfterMs = 60_000;

/**
 * Removes the lock file that this failure of git names, if it stands in `mirror` and was left behind by a git that
 * was killed. True when the operation is worth another try.
 */
export async function removeStaleLock(mirror: string, failure: unknown): Promise<boolean> {
  if (!(failure instanceof GitFailure)) return false;
  const named = /Unable to create '([^'\n]+\.lock)': File exists/.exec(failure.output)?.[1];
  if (named === undefined) return false;
  const lock = resolve(mirror, named);
  if (!lock.startsWith(mirror + sep)) return false;
  try {
    const { mtimeMs } = await stat(lock);
    if (Date.now() - mtimeMs < staleAfterMs) return false;
    await rm(lock);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return true;
}
