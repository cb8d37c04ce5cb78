import { readdir, readFile, readlink } from "node:fs/promises";
import { sep } from "node:path";

/** A program of git's that is alive. */
export interface LivingGit {
  readonly pid: number;
  readonly args: readonly string[];
  /** Where it works; `null` where that may not be known. */
  readonly folder: string | null;
  /** Epoch milliseconds, to within `startInaccuracyMs`. */
  readonly startedAt: number;
}

/** Start times are counted in ticks of 10 ms, on every system that Node.js runs on. */
const tickMs = 10;
export const startInaccuracyMs = 100;

/** Every git that is alive; `null` where the system has no `/proc`, so that nobody can tell. */
export async function livingGits(): Promise<readonly LivingGit[] | null> {
  const uptime = await textOf("/proc/uptime");
  if (uptime === null) return null;
  const bootedAt = Date.now() - Number(uptime.split(" ")[0]) * 1_000;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => livingGit(pid, bootedAt)));
  return found.filter((git) => git !== null);
}

async function livingGit(pid: string, bootedAt: number): Promise<LivingGit | null> {
  const status = await textOf(`/proc/${pid}/stat`);
  if (status === null || !/^\d+ \(git/.test(status)) return null;
  const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
  // One that has ended, and waits for its parent to take notice.
  if (fields[0] === "Z" || fields[0] === "X") return null;
  const command = (await textOf(`/proc/${pid}/cmdline`)) ?? "";
  return {
    pid: Number(pid),
    args: command.split("\0").filter((word) => word !== ""),
    folder: await folderOf(pid),
    startedAt: bootedAt + Number(fields[19]) * tickMs,
  };
}

/** Whether a process of this user holds the file open. One of another user cannot be asked. */
export async function isOpen(file: string): Promise<boolean> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    for (const descriptor of await namesIn(`/proc/${pid}/fd`)) {
      if ((await targetOf(`/proc/${pid}/fd/${descriptor}`)) === file) return true;
    }
  }
  return false;
}

/** Whether git works in the folder or below it, as far as anyone may know. */
export function isAt(git: LivingGit, folder: string): boolean {
  return git.folder === null || git.folder === folder || git.folder.startsWith(folder + sep);
}

function folderOf(pid: string): Promise<string | null> {
  return targetOf(`/proc/${pid}/cwd`);
}

async function textOf(file: string): Promise<string | null> {
  return readFile(file, "utf8").catch(whenHidden(null));
}

async function targetOf(link: string): Promise<string | null> {
  return readlink(link).catch(whenHidden(null));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(whenHidden([]));
}

/** What /proc shows ends at any time, and is in part for its owner's eyes alone. */
function whenHidden<T>(value: T): (error: unknown) => T {
  return (error) => {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (typeof code === "string" && /^(?:ENOENT|ESRCH|EACCES|EPERM|EINVAL)$/.test(code))
      return value;
    throw error;
  };
}
