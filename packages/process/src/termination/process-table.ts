import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";

const statBuffer = Buffer.alloc(4_096);

/** A process as the kernel lists it. Pid and start time together are never used twice within one boot. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  /** Clock ticks since boot. */
  readonly startTime: number;
}

/**
 * When the process started, in clock ticks since boot; `null` where it does not exist or the system has no `/proc`.
 * Together with the pid (and the boot, if it is kept for longer) it names exactly one process.
 */
export function processStartTime(pid: number): number | null {
  return readProcess(pid)?.startTime ?? null;
}

/**
 * Whether exactly that process is alive: a later one with the same pid is not it, and a zombie is dead.
 * With `startTime` `null`, or on a system without `/proc`, any process with that pid counts.
 */
export function isAlive(pid: number, startTime: number | null): boolean {
  if (!hasProcessTable) return answersSignal(pid);
  const found = processStartTime(pid);
  return found !== null && (startTime === null || found === startTime);
}

/** Whether this system shows its processes in `/proc` the way Linux does. */
export const hasProcessTable: boolean = processStartTime(process.pid) !== null;

/** Every living process but this one. */
export function listProcesses(): ProcessEntry[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .map(readProcess)
    .filter((entry) => entry !== null);
}

/** The given processes, and what descends from them as long as its parents live: orphans hang from another tree. */
export function withDescendants(
  roots: readonly ProcessEntry[],
  processes: readonly ProcessEntry[],
): Set<ProcessEntry> {
  const children = Map.groupBy(processes, (entry) => entry.parentPid);
  const found = new Set(roots);
  // A set that grows while it is walked is walked to its new end.
  for (const entry of found) for (const child of children.get(entry.pid) ?? []) found.add(child);
  return found;
}

/** Whether the environment that the process was started with has exactly this `NAME=value`. */
export function startedWith(pid: number, variable: string): boolean {
  const environment = readEnvironment(pid);
  return environment !== null && `\0${environment}`.includes(`\0${variable}\0`);
}

/**
 * Sends the signal if the pid still names the process with this start time. Being too late is not an error, nor is
 * a process that may not be signalled: both show at the next look.
 */
export function signalProcess(entry: ProcessEntry, signal: NodeJS.Signals): void {
  if (isAlive(entry.pid, entry.startTime)) sendSignal(entry.pid, signal);
}

/** Signals a whole process group. */
export function signalGroup(groupId: number, signal: NodeJS.Signals): void {
  sendSignal(-groupId, signal);
}

/** Whether there is such a process (or, with a negative number, group). */
export function answersSignal(target: number): boolean {
  return sendSignal(target, 0);
}

function sendSignal(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ESRCH") return false;
    if (code === "EPERM") return true;
    throw error;
  }
}

/**
 * `null` where there is none, or a zombie: one that has ended and waits for its parent to take notice.
 * Layout: proc_pid_stat(5). The second field is a name in parentheses that may itself hold spaces and parentheses.
 */
function readProcess(pid: number): ProcessEntry | null {
  const stat = readStat(pid);
  if (stat === null) return null;
  const [state, parentPid, groupId, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === "Z" || state === "X") return null;
  return {
    pid,
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    startTime: Number(rest[16]),
  };
}

/** All of the table is read for each look, so this does without what makes `readFileSync` twice as slow. */
function readStat(pid: number): string | null {
  let file: number;
  try {
    file = openSync(`/proc/${pid}/stat`, "r");
  } catch {
    // Gone, or no such thing on this system.
    return null;
  }
  try {
    return statBuffer.toString("latin1", 0, readSync(file, statBuffer, 0, statBuffer.length, 0));
  } catch {
    // It ended in between.
    return null;
  } finally {
    closeSync(file);
  }
}

function readEnvironment(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    // Gone, or another user's.
    return null;
  }
}
