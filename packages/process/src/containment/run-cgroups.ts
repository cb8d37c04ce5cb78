import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { batched } from "../termination/batched.ts";
import { isAlive, processStartTime } from "../termination/process-table.ts";
import { Cgroup, isRemoved } from "./cgroup.ts";
import { unifiedMount } from "./cgroup-home.ts";

/** `signalbox-<pid and start time of the owner>-<digest of the run's marker>-<number>`. */
const namePattern = /^signalbox-(\d+)-(\d+)-([0-9a-f]{16})-\d+$/;
/** More cgroups than any machine has: a limit for the walk through them. */
const maxFolders = 20_000;
let created = 0;

/** A new cgroup below `home`; `null` where the system refuses. */
export function createRunCgroup(home: string, runMarker: string): Cgroup | null {
  const owner = `${process.pid}-${processStartTime(process.pid)}`;
  const folder = join(home, `signalbox-${owner}-${digest(runMarker)}-${++created}`);
  try {
    mkdirSync(folder);
    return new Cgroup(folder);
  } catch {
    // A limit on their number, or a home that went away: a tree can do without.
    return null;
  }
}

/** The cgroups that were made for this run, by whomever. */
export async function findRunCgroups(runMarker: string): Promise<Cgroup[]> {
  const wanted = digest(runMarker);
  return (await allRunCgroups())
    .filter((folder) => namePattern.exec(folder.slice(folder.lastIndexOf("/") + 1))?.[3] === wanted)
    .map((folder) => new Cgroup(folder));
}

/** Removes what dead owners have left below `home`, if it is empty. What lives in the others belongs to a run. */
export async function removeStaleCgroups(home: string): Promise<void> {
  for (const name of await subfolders(home)) {
    const [, pid, startTime] = namePattern.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid), Number(startTime))) continue;
    await isRemoved(join(home, name));
  }
}

const allRunCgroups: () => Promise<string[]> = forNobodyInParticular(async () => {
  const mount = unifiedMount();
  const found: string[] = [];
  const folders = mount === null ? [] : [mount.folder];
  for (const folder of folders) {
    for (const name of await subfolders(folder)) {
      const path = join(folder, name);
      if (namePattern.test(name)) found.push(path);
      if (folders.length < maxFolders) folders.push(path);
    }
  }
  return found;
});

function forNobodyInParticular<Result>(work: () => Promise<Result>): () => Promise<Result> {
  const shared = batched<null, Result>(work);
  return () => shared(null);
}

async function subfolders(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch {
    // Removed meanwhile, or not to be seen.
    return [];
  }
}

function digest(runMarker: string): string {
  return createHash("sha256").update(runMarker).digest("hex").slice(0, 16);
}
