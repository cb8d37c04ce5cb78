import { readdir, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { WorkflowConfig } from "@signalbox/contracts";
import { removeSocket } from "../control/remove-socket.ts";
import { hasCode } from "../folder/exclusive-file.ts";
import { isRunning } from "../folder/process-identity.ts";
import { isRunId, runFolder, runsFolder, type RunFolder } from "../folder/run-folder.ts";
import { readRunLock } from "../folder/run-lock.ts";

const dayMs = 86_400_000;

export interface PruneOrder {
  readonly stateDir: string;
  readonly retention: Pick<WorkflowConfig["retention"], "transcriptDays" | "spoolDays">;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Removes the transcripts, and all else, of runs that have ended so many days ago, and their folders once they are
 * empty; and, however young, the sockets of runners that are dead. A run whose runner is alive keeps everything. To be called after recovery: what it removes cannot be
 * recovered. Rejects where the state folder cannot be read or written.
 */
export async function pruneRuns({ stateDir, retention, now }: PruneOrder): Promise<void> {
  const names = await namesIn(runsFolder(stateDir));
  for (const name of names.filter(isRunId)) {
    await pruneRun(runFolder(stateDir, name), retention, now);
  }
}

async function pruneRun(
  folder: RunFolder,
  { transcriptDays, spoolDays }: PruneOrder["retention"],
  now: number,
): Promise<void> {
  const lock = readRunLock(folder);
  if (lock?.kind === "runner") {
    if (isRunning(lock.owner)) return;
    await removeSocket(lock.socket);
  }
  const names = await namesIn(folder.path);
  const ages = await Promise.all(names.map((name) => ageMs(join(folder.path, name), now)));
  const quietMs = Math.min(...ages);
  for (const name of names) {
    const path = join(folder.path, name);
    const days = path === folder.transcript ? transcriptDays : spoolDays;
    if (quietMs >= days * dayMs) await rm(path, { force: true });
  }
  if ((await namesIn(folder.path)).length === 0) await removeEmpty(folder.path);
}

async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

async function ageMs(path: string, now: number): Promise<number> {
  try {
    return now - (await stat(path)).mtimeMs;
  } catch (error) {
    // Somebody else was faster.
    if (hasCode(error, "ENOENT")) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

async function removeEmpty(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    // A run began in it just now, or somebody else was faster.
    if (!hasCode(error, "ENOTEMPTY") && !hasCode(error, "ENOENT")) throw error;
  }
}
