import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "../folder/exclusive-file.ts";
import type { PruneOrder } from "./prune-runs.ts";

const dayMs = 86_400_000;

/** Where backends keep the conversations of an issue, so that a later run can go on with them. */
export function sessionsFolder(stateDir: string): string {
  return join(stateDir, "sessions");
}

/**
 * Removes the conversations of issues that nobody has worked on for as long as transcripts are kept. A run that would go
 * on with one of them starts a new one. Rejects where the state folder cannot be read or written.
 */
export async function pruneSessions({ stateDir, retention, now }: PruneOrder): Promise<void> {
  const folder = sessionsFolder(stateDir);
  for (const key of await namesIn(folder)) {
    const path = join(folder, key);
    const quietMs = now - (await lastChange(path));
    if (quietMs >= retention.transcriptDays * dayMs) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** Epoch milliseconds: of the newest file, or of the folder itself. */
async function lastChange(path: string): Promise<number> {
  const names = await namesIn(path);
  const times = await Promise.all([path, ...names.map((name) => join(path, name))].map(changedAt));
  return Math.max(...times);
}

async function changedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    // Somebody else was faster.
    if (hasCode(error, "ENOENT")) return 0;
    throw error;
  }
}

async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return [];
    throw error;
  }
}
