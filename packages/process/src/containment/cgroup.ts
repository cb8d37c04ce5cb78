import { existsSync, writeFileSync } from "node:fs";
import { readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readProcess } from "../termination/process-table.ts";
import { cgroupHome, readOr } from "./cgroup-home.ts";

/** Lists who is in a cgroup; a pid that is written to it moves there. */
const procs = "cgroup.procs";
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
   * Calls `start` while this process is in the cgroup, so that what it starts is in there from its first instruction
   * on: moving it afterwards would come too late for what it has started by then. Not for worker threads. `home` is where
   * this process belongs. `isAlone`: the started one is in the cgroup, and nobody else.
   */
  startWithin<Started extends { readonly child: { readonly pid?: number | undefined } }>(
    home: string,
    start: () => Started,
  ): { readonly started: Started; readonly isAlone: boolean } {
    const own = String(process.pid);
    if (!written(join(this.folder, procs), own)) return { started: start(), isAlone: false };
    let isBack = false;
    try {
      const started = start();
      isBack = written(join(home, procs), own);
      const { pid } = started.child;
      return { started, isAlone: isBack && pid !== undefined && this.#putBackOthers(home, pid) };
    } finally {
      if (!isBack) written(join(home, procs), own);
    }
  }

  /** What another thread of this process has started at the same moment does not belong here. */
  #putBackOthers(home: string, pid: number): boolean {
    const others = new Set([process.pid]);
    // Again after each find: it may have started something just before it was put back.
    for (let found = 1; found > 0;) {
      found = 0;
      for (const member of pidsIn(this.folder)) {
        if (member === pid || !others.has(readProcess(member)?.parentPid ?? 0)) continue;
        if (!written(join(home, procs), String(member))) return false;
        others.add(member);
        found += 1;
      }
    }
    return true;
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
