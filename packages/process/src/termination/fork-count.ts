import { readFileSync } from "node:fs";

/** A moment in the life of the system, told by how many processes it has started. */
export interface ForkCount {
  readonly forks: number;
  /** The pid that was given out last; `Infinity` where the system does not say. */
  readonly lastPid: number;
  /** Pids are given out in ascending order up to this one, and then from the beginning. */
  readonly maxPid: number;
}

export interface PidRange {
  readonly first: number;
  readonly last: number;
}

const allPids: PidRange = { first: 1, last: Number.POSITIVE_INFINITY };

/** `null` where the system does not say. */
export function countForks(): ForkCount | null {
  const forks = /^processes (\d+)$/m.exec(readKernel("/proc/stat"))?.[1];
  const maxPid = Number(readKernel("/proc/sys/kernel/pid_max"));
  if (forks === undefined || !(maxPid > 0)) return null;
  const lastPid = Number(readKernel("/proc/sys/kernel/ns_last_pid"));
  return {
    forks: Number(forks),
    lastPid: lastPid > 0 ? lastPid : Number.POSITIVE_INFINITY,
    maxPid,
  };
}

/**
 * Where the pids are of this process and of everything that was started after it, given the counts of before its start
 * and of now: all, if so many were started that pids may have begun anew.
 */
export function pidsSince(pid: number, before: ForkCount | null, now: ForkCount | null): PidRange {
  if (before === null || now === null) return allPids;
  const forks = now.forks - before.forks;
  const onlyGrew = forks > 0 && forks < now.maxPid - pid && now.lastPid >= pid;
  return onlyGrew ? { first: pid, last: now.lastPid } : allPids;
}

function readKernel(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // No such thing on this system.
    return "";
  }
}
