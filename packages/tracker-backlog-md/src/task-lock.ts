import { mkdir, rmdir, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf } from "./file-error.ts";

/** As Backlog.md has it: an owner without a sign of life for that long is dead. */
const staleMs = 10_000;
const signOfLifeMs = 2_000;

export interface TaskLock {
  /** Whether it still is ours: false where somebody took it away. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

/** The folder that Backlog.md makes while it edits a task, so that it and we wait for each other. */
export function lockPath(backlog: string, id: string): string {
  const name = id
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^\.+/, "");
  return join(backlog, ".locks", `task-${name}`);
}

/** Takes the lock, in the way of npm's proper-lockfile, which Backlog.md uses. `null` where somebody holds it. */
export async function takeTaskLock(path: string): Promise<TaskLock | null> {
  await mkdir(dirname(path), { recursive: true });
  if (!(await make(path))) {
    if (!(await isStale(path))) return null;
    await remove(path);
    if (!(await make(path))) return null;
  }
  const mark = await markOf(path);
  const isHeld = async (): Promise<boolean> => mark !== null && (await markOf(path)) === mark;
  const life = setInterval(() => void showLife(path, isHeld), signOfLifeMs).unref();
  return {
    isHeld,
    release: async () => {
      clearInterval(life);
      if (await isHeld()) await remove(path);
    },
  };
}

/** False where it is there already. */
async function make(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function remove(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  const found = await look(path);
  return found !== null && Date.now() - Number(found.mtimeMs) > staleMs;
}

/** What another folder by that name would not have. */
async function markOf(path: string): Promise<string | null> {
  const found = await look(path);
  return found === null ? null : `${found.ino}:${found.birthtimeNs}`;
}

async function look(
  path: string,
): Promise<{ ino: bigint; birthtimeNs: bigint; mtimeMs: bigint } | null> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

async function showLife(path: string, isHeld: () => Promise<boolean>): Promise<void> {
  const now = new Date();
  try {
    if (await isHeld()) await utimes(path, now, now);
  } catch {
    // Whoever cares about the lock sees that it is gone.
  }
}
