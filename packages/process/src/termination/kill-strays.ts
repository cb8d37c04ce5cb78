import { setTimeout as delay } from "node:timers/promises";
import { type ProcessErrorCode, SignalboxError } from "@signalbox/contracts";
import { runMarkerName } from "../spawn/markers.ts";
import {
  hasProcessTable,
  listProcesses,
  type ProcessEntry,
  signalProcess,
  startedWith,
  withDescendants,
} from "./process-table.ts";

const pauseMs = 10;
const limitMs = 5_000;

/**
 * Kills, without grace, every process that was started with `SIGNALBOX_RUN_ID=<runMarker>`, and its children. For
 * recovery: once it has resolved, nothing of that run is alive. Resolves with the pids that were killed. Never
 * touches this process or one that it descends from. On systems without `/proc` nothing is found.
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
    const strays = findStrays(`${runMarkerName}=${runMarker}`);
    cleanLooks = strays.length === 0 ? cleanLooks + 1 : 0;
    if (strays.length > 0 && performance.now() > deadline) throw survived(strays);
    for (const stray of strays) {
      signalProcess(stray, "SIGKILL");
      killed.add(stray.pid);
    }
    await delay(pauseMs);
  }
  return [...killed];
}

function findStrays(marker: string): ProcessEntry[] {
  const processes = listProcesses();
  const spared = ancestors(processes);
  const marked = processes.filter(
    (entry) => !spared.has(entry.pid) && startedWith(entry.pid, marker),
  );
  return [...withDescendants(marked, processes)];
}

/** The pids that this process descends from. */
function ancestors(processes: readonly ProcessEntry[]): Set<number> {
  const parents = new Map(processes.map((entry) => [entry.pid, entry.parentPid]));
  const found = new Set<number>();
  for (let pid: number | undefined = process.ppid; pid !== undefined && !found.has(pid);) {
    found.add(pid);
    pid = parents.get(pid);
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
