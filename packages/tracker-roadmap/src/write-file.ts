import { access, constants, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FileHandle } from "node:fs/promises";
import { codeOf, fileError, trackerError } from "./file-error.ts";
import { takeFileLock } from "./file-lock.ts";
import type { FileLock } from "./file-lock.ts";
import { lateSave } from "./late-save.ts";
import { hashOf, readRoadmapFile, realRoadmapPath } from "./roadmap-file.ts";
import type { FileContent } from "./roadmap-file.ts";

const lockTimeoutMs = 20_000;
const maxCollisions = 20;

export interface FileUpdate {
  readonly path: string;
  /** How messages call the file. */
  readonly name: string;
  /** The file as it was read or written last, which saves reading it again. */
  readonly known?: FileContent | null;
  /**
   * The new text, or `null` to leave the file as it is. Called again with the newer text where somebody who takes no
   * lock changed the file in between, so it must be an operation and not a remembered result.
   */
  readonly change: (text: string) => string | null;
  /** Runs while the lock is still held, after the file is on disk. */
  readonly afterwards?: (realPath: string) => Promise<void>;
}

/**
 * Changes a file so that no update is lost: one writer at a time by a lock file beside it (which every process of this
 * adapter takes), compare-and-swap against those that take none, and replacement by rename, so that readers see the old
 * text or the new. A save in progress is waited for, and one into the file that was just replaced is taken up. Symbolic links are followed; mode and owner stay. Nothing is written once `signal` is aborted.
 */
export async function updateFile(update: FileUpdate, signal: AbortSignal): Promise<void> {
  const path = await realRoadmapPath(update.path, update.name);
  try {
    const lock = await waitForLock(path, update.name, signal);
    try {
      await replaceText(path, update, lock, signal);
      await update.afterwards?.(path);
    } finally {
      await lock.release();
    }
  } catch (error) {
    throw signal.aborted ? error : fileError(error, path, update.name);
  }
}

async function waitForLock(path: string, name: string, signal: AbortSignal): Promise<FileLock> {
  const deadline = Date.now() + lockTimeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const lock = await takeFileLock(`${path}.lock`);
    if (lock !== null) return lock;
    if (Date.now() > deadline) throw retryLater(name, "another writer holds its lock");
    await sleep(10 + Math.random() * 40);
  }
}

async function replaceText(
  path: string,
  { name, known, change }: FileUpdate,
  lock: FileLock,
  signal: AbortSignal,
): Promise<void> {
  // One name is enough under the lock, and what a crash leaves there is removed by the next write.
  const temporary = join(dirname(path), `.${basename(path)}.signalbox-tmp`);
  let rescued: string | null = null;
  let written: string | null = null;
  for (let collision = 0; collision < maxCollisions; collision += 1) {
    const before = await readRoadmapFile(path, name, known ?? null);
    // A text that came late goes on top of ours alone: what was saved since then is newer.
    if (before.hash !== written) rescued = null;
    const text: string | null = change(rescued ?? before.text) ?? rescued;
    if (text === null) return;
    await access(path, constants.W_OK);
    const replaced = await open(path, "r");
    try {
      await writeBeside(path, temporary, text);
      if (!(await lock.isHeld())) throw retryLater(name, "its lock was lost");
      signal.throwIfAborted();
      if (before.hash !== hashOf(await readFile(path))) continue;
      await rename(temporary, path);
      written = hashOf(text);
      rescued = await lateSave(replaced, before.hash, name);
      if (rescued === null) return;
    } finally {
      await replaced.close();
      await rm(temporary, { force: true });
    }
  }
  throw retryLater(name, "others keep changing it");
}

async function writeBeside(path: string, temporary: string, text: string): Promise<void> {
  const { mode, uid, gid } = await stat(path);
  await rm(temporary, { force: true });
  const file = await open(temporary, "wx", mode);
  try {
    const created = await file.stat();
    if (created.uid !== uid || created.gid !== gid) await giveTo(file, uid, gid);
    await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Only root can give a file away; a file that another user shares with us becomes ours, its text and mode unchanged. */
async function giveTo(file: FileHandle, uid: number, gid: number): Promise<void> {
  try {
    await file.chown(uid, gid);
  } catch (error) {
    if (codeOf(error) !== "EPERM") throw error;
  }
}

function retryLater(name: string, why: string, cause?: unknown): Error {
  return trackerError("tracker_transport", `the roadmap ${name} was not written: ${why}`, {
    remedy: "Nothing: the write is tried again. If it goes on, see what else writes to the file.",
    retryable: true,
    cause,
  });
}
