import { readFileSync } from "node:fs";

/** A moment in the life of the system, told by how many processes it has started. */
export interface ForkCount {
  readonly forks: number;
  /** Pids are given out in ascending order up to this one, and then from the beginning. */
  readonly maxPid: number;
}

/** `null` where the system does not say. */
export function countForks(): ForkCount | null {
  try {
    const forks = /^processes (\d+)$/m.exec(readFileSync("/proc/stat", "latin1"))?.[1];
    const maxPid = Number(readFileSync("/proc/sys/kernel/pid_max", "latin1"));
    return forks === undefined || !(maxPid > 0) ? null : { forks: Number(forks), maxPid };
  } catch {
    // No such thing on this system.
    return null;
  }
}

/**
 * Whether everything that was started after the process with this pid has a larger one, given the counts of before
 * its start and of now: then what has a smaller one need not be looked at.
 */
export function pidsOnlyGrew(
  pid: number,
  before: ForkCount | null,
  now: ForkCount | null,
): boolean {
  if (before === null || now === null) return false;
  const forks = now.forks - before.forks;
  return forks > 0 && forks < now.maxPid - pid;
}
