import { closeSync, openSync, readFileSync, readSync } from "node:fs";

const startTimeField = 19;
const statBuffer = Buffer.alloc(4_096);

/** A process as the kernel lists it. Pid and start time together are never used twice within one boot. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  /** Whether it belongs to a terminal, as what a person has started there does. */
  readonly hasTerminal: boolean;
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

/** `null` where there is none, or a zombie: one that has ended and waits for its parent to take notice. */
export function readProcess(pid: number): ProcessEntry | null {
  const fields = readFields(pid);
  const [state, parentPid, groupId, , terminal] = fields;
  if (state === undefined || state === "Z" || state === "X") return null;
  return {
    pid,
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    hasTerminal: terminal !== "0",
    startTime: Number(fields[startTimeField]),
  };
}

/** The start time of a child that may have ended, but has not been waited for. */
export function originalStartTime(pid: number): number | null {
  const startTime = readFields(pid)[startTimeField];
  return startTime === undefined ? null : Number(startTime);
}

/** Layout: proc_pid_stat(5). From the third field on: the second is a name that may hold spaces and parentheses. */
function readFields(pid: number): readonly string[] {
  const stat = readStat(pid);
  return stat === null ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** The given processes, and what descends from them as long as its parents live: orphans hang from another tree. */
export function withDescendants(
  roots: readonly ProcessEntry[],
  processes: readonly ProcessEntry[],
): Set<ProcessEntry> {
  const found = new Set(roots);
  if (found.size === 0) return found;
  const children = Map.groupBy(processes, (entry) => entry.parentPid);
  // A set that grows while it is walked is walked to its new end.
  for (const entry of found) for (const child of children.get(entry.pid) ?? []) found.add(child);
  return found;
}

/**
 * Sends the signal if the pid still names the process with this start time, `null` being any. Being too late is not an
 * error, nor is a process that may not be signalled: both show at the next look.
 */
export function signalProcess(
  entry: { readonly pid: number; readonly startTime: number | null },
  signal: NodeJS.Signals,
): void {
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

/** Hundreds of these are read for one look, so this does without what makes `readFileSync` twice as slow. */
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

/** The environment that the process was started with; `null` where it is gone, or another user's. */
export function readEnvironment(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    // Either way there is nothing to be learned from it.
    return null;
  }
}
