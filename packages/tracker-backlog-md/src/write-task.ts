import { access, constants, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, fileError, retryLater } from "./file-error.ts";
import { takeTaskLock } from "./task-lock.ts";
import type { TaskLock } from "./task-lock.ts";
import { decode, hashOf, readTextFile } from "./text-file.ts";

const lockTimeoutMs = 20_000;
const maxCollisions = 20;
const saveMs = 30;

export interface TaskUpdate {
  readonly path: string;
  /** How messages call the file. */
  readonly name: string;
  readonly lock: string;
  /**
   * The new text, or `null` to leave the file as it is; a missing file is `null`. Called again with the newer text where
   * somebody who takes no lock changed the file in between, so it must be an operation and not a remembered result.
   */
  readonly change: (text: string | null) => string | null;
}

/**
 * Changes a file so that no update is lost: under the lock that Backlog.md takes itself, with a comparison against those
 * who take none, and by a rename, so that readers see the old text or the new. A save into the file that was just replaced
 * is taken up. Symbolic links are followed; mode and owner stay. Nothing is written once `signal` is aborted.
 */
export async function updateTask(update: TaskUpdate, signal: AbortSignal): Promise<void> {
  const { name } = update;
  try {
    const lock = await waitForLock(update.lock, name, signal);
    try {
      await replaceText(update, lock, signal);
    } finally {
      await lock.release();
    }
  } catch (error) {
    throw signal.aborted ? error : fileError(error, name);
  }
}

async function waitForLock(path: string, name: string, signal: AbortSignal): Promise<TaskLock> {
  const deadline = Date.now() + lockTimeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const lock = await takeTaskLock(path);
    if (lock !== null) return lock;
    if (Date.now() > deadline) throw retryLater(name, "another writer holds its lock");
    await sleep(10 + Math.random() * 40);
  }
}

async function replaceText(
  { path: written, name, change }: TaskUpdate,
  lock: TaskLock,
  signal: AbortSignal,
): Promise<void> {
  let ours: string | null = null;
  let rescued: string | null = null;
  for (let collision = 0; collision < maxCollisions; collision += 1) {
    const before = await readTextFile(written, name, null);
    if (before === null) {
      change(null);
      return;
    }
    // A text that came late goes on top of ours alone: what was saved since then is newer.
    if (before.hash !== ours) rescued = null;
    const text: string | null = change(rescued ?? before.text) ?? rescued;
    if (text === null) return;
    const path = await realpath(written);
    // One name is enough under the lock, and what a crash leaves there is removed by the next write.
    const temporary = join(dirname(path), `.${basename(path)}.signalbox-tmp`);
    await access(path, constants.W_OK);
    const replaced = await open(path, "r");
    try {
      signal.throwIfAborted();
      await writeBeside(path, temporary, text);
      if (!(await lock.isHeld())) throw retryLater(name, "its lock was lost");
      if (before.hash !== hashOf(await readFile(path))) continue;
      signal.throwIfAborted();
      await rename(temporary, path);
      ours = hashOf(text);
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

/** Only root can give a file away; one that another user shares with us becomes ours, its text and mode unchanged. */
async function giveTo(file: FileHandle, uid: number, gid: number): Promise<void> {
  try {
    await file.chown(uid, gid);
  } catch (error) {
    if (codeOf(error) !== "EPERM") throw error;
  }
}

/** What somebody saved into a file that was just replaced: they had it open, and nobody else will ever see it. */
async function lateSave(replaced: FileHandle, hash: string, name: string): Promise<string | null> {
  let last = hash;
  for (let look = 0; look < maxCollisions; look += 1) {
    const { size } = await replaced.stat();
    const { buffer, bytesRead } = await replaced.read(Buffer.alloc(size), 0, size, 0);
    const bytes = buffer.subarray(0, bytesRead);
    const found = hashOf(bytes);
    if (found === hash) return null;
    if (found === last && bytes.length > 0) return decode(bytes, name);
    last = found;
    await sleep(saveMs);
  }
  return null;
}
