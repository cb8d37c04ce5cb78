import { readFile, readdir, rm, stat } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { GitFailure } from "./git.ts";
import { isMissing } from "./safe-path.ts";

/** A git that has just made its lock may not be seen yet. */
const freshMs = 1_000;
/** git holds the lock of a ref or of its configuration for milliseconds; this old, it is stale whoever lives. */
const staleAfterMs = 60_000;
/** Of the times that are compared. */
const inaccuracyMs = 100;
/** The unit of times in /proc, on every system that Node.js runs on. */
const tickMs = 10;

/** One operation of git takes a few locks, one after the other. */
const maxLocks = 5;

/** Does a work of git in `mirror`, again where a lock was in the way that a killed git has left behind. */
export async function despiteStaleLocks<T>(mirror: string, work: () => Promise<T>): Promise<T> {
  for (let removed = 0; ; removed += 1) {
    try {
      return await work();
    } catch (error) {
      if (removed === maxLocks || !(await removeStaleLock(mirror, error))) throw error;
    }
  }
}

/**
 * Removes the lock file that this failure of git names, if it stands in `mirror` and was left behind by a git that
 * was killed: no git is alive that was there when the lock was made. True when the operation is worth another try.
 */
async function removeStaleLock(mirror: string, failure: unknown): Promise<boolean> {
  if (!(failure instanceof GitFailure)) return false;
  const named = /Unable to create '([^'\n]+\.lock)': File exists/.exec(failure.output)?.[1];
  if (named === undefined) return false;
  const lock = resolve(mirror, named);
  if (!lock.startsWith(mirror + sep)) return false;
  try {
    const { mtimeMs, ino } = await stat(lock);
    const ageMs = Date.now() - mtimeMs;
    if (ageMs < freshMs) return false;
    if (ageMs < staleAfterMs && (await mayGitLiveOf(ageMs - inaccuracyMs))) return false;
    // Somebody may have removed it meanwhile, and another git have made its own.
    const now = await stat(lock);
    if (now.mtimeMs === mtimeMs && now.ino === ino) await rm(lock);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return true;
}

/** Whether there is a git of this age or older, or nobody can tell. */
async function mayGitLiveOf(ageMs: number): Promise<boolean> {
  const uptime = await textOf("/proc/uptime");
  if (uptime === null) return true;
  const uptimeMs = Number(uptime.split(" ")[0]) * 1_000;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const status = await textOf(`/proc/${pid}/stat`);
    if (status === null || !/^\d+ \(git/.test(status)) continue;
    const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
    const isDead = fields[0] === "Z" || fields[0] === "X";
    if (!isDead && uptimeMs - Number(fields[19]) * tickMs >= ageMs) return true;
  }
  return false;
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    // ESRCH: the process has ended while it was read.
    if (isMissing(error) || (error instanceof Error && "code" in error && error.code === "ESRCH")) {
      return null;
    }
    throw error;
  }
}
