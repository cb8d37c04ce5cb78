import { setTimeout as delay } from "node:timers/promises";
import { type ProcessErrorCode, SignalboxError } from "@signalbox/contracts";
import type { Cgroup } from "../containment/cgroup.ts";
import { findRunCgroups } from "../containment/run-cgroups.ts";
import { runMarkerName } from "../spawn/markers.ts";
import { carriedMarkers } from "./carried-markers.ts";
import { look } from "./look.ts";
import {
  hasProcessTable,
  type ProcessEntry,
  readProcess,
  signalProcess,
  withDescendants,
} from "./process-table.ts";

const pauseMs = 10;
const limitMs = 5_000;
const everything = { since: null, skip: new Set<number>() };

/**
 * Kills, without grace, every process that was started with `SIGNALBOX_RUN_ID=<runMarker>`, its children, and all in
 * the cgroups that were made for that run, also by a process that is dead. For recovery: once it has resolved, nothing
 * of that run is alive. Resolves with the pids that were killed. Never touches this process or one that it descends
 * from. On systems without `/proc` nothing is found.
 *
 * The marker has to be unique on this machine: a run number alone is not, where two daemons run.
 * Rejects with `process_survived` where a process cannot be killed.
 */
export async function killStrays(runMarker: string): Promise<number[]> {
  const killed = new Set<number>();
  if (!hasProcessTable) return [];
  const deadline = performance.now() + limitMs;
  // One look is not enough: what forks and ends while we look can slip through it.
  for (let cleanLooks = 0; cleanLooks < 2;) {
    const { strays, cgroups } = await findStrays(runMarker);
    cleanLooks = strays.length === 0 ? cleanLooks + 1 : 0;
    if (strays.length > 0 && performance.now() > deadline) throw survived(strays);
    if (strays.length > 0) for (const cgroup of cgroups) cgroup.kill();
    for (const stray of strays) {
      signalProcess(stray, "SIGKILL");
      killed.add(stray.pid);
    }
    if (strays.length > 0) await delay(pauseMs);
    else if (cleanLooks === 2) await Promise.all(cgroups.map((cgroup) => cgroup.remove()));
  }
  return [...killed];
}

async function findStrays(
  runMarker: string,
): Promise<{ readonly strays: readonly ProcessEntry[]; readonly cgroups: readonly Cgroup[] }> {
  const marker = `${runMarkerName}=${runMarker}`;
  const cgroups = await findRunCgroups(runMarker);
  const processes = await look(everything);
  const spared = ancestors();
  const contained = new Set<number>();
  const killable: Cgroup[] = [];
  for (const cgroup of cgroups) {
    const pids = await cgroup.pids();
    for (const pid of pids) contained.add(pid);
    if (!pids.some((pid) => spared.has(pid))) killable.push(cgroup);
  }
  const isStray = (entry: ProcessEntry): boolean =>
    contained.has(entry.pid) || carriedMarkers(entry).includes(marker);
  const strays = processes.filter((entry) => !spared.has(entry.pid) && isStray(entry));
  return { strays: [...withDescendants(strays, processes)], cgroups: killable };
}

/** The pids that this process descends from. */
function ancestors(): Set<number> {
  const found = new Set<number>();
  for (let pid: number | undefined = process.ppid; pid !== undefined && !found.has(pid);) {
    found.add(pid);
    pid = readProcess(pid)?.parentPid;
  }
  return found;
}

function survived(strays: readonly ProcessEntry[]): SignalboxError {
  const pids = strays.map((entry) => entry.pid).join(", ");
  return new SignalboxError<ProcessErrorCode>(
    "process_survived",
    `Processes of an earlier run cannot be killed: ${pids}`,
    { retryable: true, remedy: `Look at them with: ps -o pid,stat,user,args -p ${pids}` },
  );
}
