import { createHash } from "node:crypto";
import {
  lstat,
  lutimes,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf } from "./file-error.ts";
import { isOwnerAlive, ownToken } from "./lock-owner.ts";

/** After this time without a sign of life, an owner that cannot be looked for (on another machine) is taken for dead. */
const staleMs = 10_000;
const signOfLifeMs = 2_000;

export interface FileLock {
  /** Whether it still is ours: false where somebody took it away. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * Takes the lock `path`, a symbolic link that leads to a description of its owner, so that it is there with its whole
 * content or not at all. The lock of an owner that is dead is taken over at once, and by one of many who want it.
 * `null` where somebody holds it.
 */
export async function takeFileLock(path: string): Promise<FileLock | null> {
  const token = ownToken();
  if (!(await take(path, token))) return null;
  await removeTickets(path);
  const life = setInterval(() => void showLife(path, token), signOfLifeMs).unref();
  return {
    isHeld: async () => (await tokenAt(path)) === token,
    release: async () => {
      clearInterval(life);
      if ((await tokenAt(path)) === token) await rm(path, { force: true });
    },
  };
}

async function take(path: string, token: string): Promise<boolean> {
  if (await make(path, token)) return true;
  const owner = await tokenAt(path);
  if (owner === null || !(await isDead(path, owner))) return false;
  // A dead owner's lock is removed by whoever holds the lock on that, so that nobody removes its successor's.
  const ticket = `${path}.${createHash("sha256").update(owner).digest("hex").slice(0, 16)}`;
  if (!(await take(ticket, token))) return false;
  try {
    if ((await tokenAt(path)) !== owner) return false;
    await rm(path, { force: true });
    return await make(path, token);
  } finally {
    await rm(ticket, { force: true });
  }
}

/** False where it is there already. */
async function make(path: string, token: string): Promise<boolean> {
  try {
    await symlink(token, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!/^(?:EPERM|ENOSYS|ENOTSUP|EOPNOTSUPP)$/.test(codeOf(error) ?? "")) throw error;
  }
  // A file system without symbolic links.
  try {
    await writeFile(path, token, { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function tokenAt(path: string): Promise<string | null> {
  try {
    return await readlink(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    if (codeOf(error) !== "EINVAL") throw error;
  }
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

async function isDead(path: string, token: string): Promise<boolean> {
  const isAlive = isOwnerAlive(token);
  if (isAlive !== null) return !isAlive;
  try {
    return Date.now() - (await lstat(path)).mtimeMs > staleMs;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

async function showLife(path: string, token: string): Promise<void> {
  const now = new Date();
  try {
    if ((await tokenAt(path)) === token) await lutimes(path, now, now);
  } catch {
    // Whoever cares about the lock sees that it is gone.
  }
}

/** Of those who died when they had taken a lock over. They are of no use once the lock has another owner. */
async function removeTickets(path: string): Promise<void> {
  const prefix = `${basename(path)}.`;
  const tickets = (await readdir(dirname(path))).filter((name) => name.startsWith(prefix));
  for (const name of tickets) {
    const ticket = join(dirname(path), name);
    const owner = await tokenAt(ticket);
    if (owner !== null && (await isDead(ticket, owner))) await rm(ticket, { force: true });
  }
}
