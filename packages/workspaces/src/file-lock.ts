import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { SignalboxError } from "@signalbox/contracts";

const longestPauseMs = 50;

/**
 * Runs `work` while this process alone holds the lock at `path`. The lock is an exclusive SQLite transaction, so the
 * kernel frees it when its owner dies, however it dies: nothing has to guess whether a lock file is stale.
 * Not re-entrant. Waits at most `waitMs`, then throws `workspace_git` (retryable); aborting ends the wait only.
 */
export async function withFileLock<T>(
  path: string,
  waitMs: number,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    let waitedMs = 0;
    for (let pauseMs = 1; !tryLock(database); pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      if (waitedMs >= waitMs) {
        throw new SignalboxError(
          "workspace_git",
          `Another process has held ${path} for too long.`,
          {
            retryable: true,
            remedy: "Look for a hanging git or signalbox process that uses this state folder.",
          },
        );
      }
      await sleep(pauseMs, undefined, { signal });
      waitedMs += pauseMs;
    }
    return await work();
  } finally {
    database.close();
  }
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (error instanceof Error && "errcode" in error && error.errcode === sqliteBusy) return false;
    throw error;
  }
}

const sqliteBusy = 5;
