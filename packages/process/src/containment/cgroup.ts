import { existsSync, writeFileSync } from "node:fs";
import { readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { cgroupHome, readOr } from "./cgroup-home.ts";

/** Lists who is in a cgroup; a pid that is written to it moves there. */
const procs = "cgroup.procs";
/** Data comes as parameters: the text is always this one. */
const joining = 'echo 0 >"$0" || exit 125; exec "$@"';
const removalPausesMs = [0, 1, 5, 20, 100];

/** A cgroup of version 2: what is started in it stays in it, whatever sessions, parents and environments it makes up. */
export class Cgroup {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Whether anything lives in it or below it. What has ended and waits for its parent does not count. */
  isPopulated(): boolean {
    return /^populated 1$/m.test(readOr(join(this.folder, "cgroup.events"), ""));
  }

  /** Pids of what lives in it, and in the cgroups that were made below it. */
  async pids(): Promise<number[]> {
    return (await foldersIn(this.folder)).flatMap(pidsIn);
  }

  /**
   * SIGKILL to all at once, with whatever they are starting at this moment. Does nothing, and says so, where that
   * would kill this process too.
   */
  kill(): boolean {
    const home = cgroupHome();
    if (typeof home !== "string" || `${home}/`.startsWith(`${this.folder}/`)) return false;
    return written(join(this.folder, "cgroup.kill"), "1");
  }

  /** Removes it and what was made below it, as far as they are empty. */
  async remove(): Promise<void> {
    for (const pauseMs of removalPausesMs) {
      // The last to end counts for a moment longer.
      if (pauseMs > 0) await delay(pauseMs);
      if (await isRemoved(this.folder)) return;
      for (const folder of (await foldersIn(this.folder)).toReversed()) await isRemoved(folder);
    }
  }

  /**
   * The command, made to join the cgroup before its program begins: from its first instruction on, all that it starts is
   * in there. Joining waits for the whole kernel for some milliseconds, so it is not this process that goes in and comes
   * back. Ends with 125, and starts nothing, where it cannot join.
   */
  joined(path: string, parameters: readonly string[]): readonly [string, ...string[]] {
    return ["/bin/sh", "-c", joining, join(this.folder, procs), path, ...parameters];
  }
}

/** Removes the cgroup if nothing lives in it and none was made below it; whether it is gone then. */
export async function isRemoved(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch {
    // Not empty, or somebody else was faster.
    return !existsSync(folder);
  }
}

/** The cgroup's folder, then all below it, parents first. */
async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const below = entries.filter((entry) => entry.isDirectory());
    return [folder, ...below.map((entry) => join(entry.parentPath, entry.name))];
  } catch {
    // Removed meanwhile.
    return [];
  }
}

function pidsIn(folder: string): number[] {
  return readOr(join(folder, procs), "").split("\n").filter(Boolean).map(Number);
}

/** Whether the kernel took what was written. */
export function written(file: string, text: string): boolean {
  try {
    writeFileSync(file, text);
    return true;
  } catch {
    // No right to, no such thing, or a rule of the kernel against it: the caller has another way.
    return false;
  }
}
