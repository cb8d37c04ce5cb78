import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Who holds a lock. A pid alone is used again, and says nothing in another container or on another machine. */
interface LockOwner {
  readonly pid: number;
  /** Clock ticks since boot; `null` on systems without `/proc`. */
  readonly startTime: number | null;
  /** Where the pid is that of this process and of no other. */
  readonly space: string;
}

/** For one taking of a lock by this process: no other has the same. */
export function ownToken(): string {
  const { pid } = process;
  const owner: LockOwner = { pid, startTime: startTimeOf(pid), space: ownSpace() };
  return JSON.stringify({ v: 1, ...owner, nonce: randomUUID() });
}

/** Whether the owner that the token names lives; `null` where that cannot be known. */
export function isOwnerAlive(token: string): boolean | null {
  const owner = ownerIn(token);
  if (owner === null || owner.space !== ownSpace()) return null;
  // Without a start time a pid that is in use may be another process's by now.
  if (owner.startTime === null) return answers(owner.pid) ? null : false;
  return startTimeOf(owner.pid) === owner.startTime;
}

function ownerIn(token: string): LockOwner | null {
  let value: unknown;
  try {
    value = JSON.parse(token);
  } catch {
    // Nothing of ours.
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  if (!("pid" in value && "startTime" in value && "space" in value)) return null;
  const { pid, startTime, space } = value;
  if (typeof pid !== "number" || typeof space !== "string") return null;
  if (startTime !== null && typeof startTime !== "number") return null;
  return { pid, startTime, space };
}

let space: string | null = null;

/** The boot and the namespace of pids; the machine, on systems that tell neither. */
function ownSpace(): string {
  space ??= readSpace();
  return space;
}

function readSpace(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    // Only Linux has them.
    return hostname();
  }
}

/** `null` where there is no such process, or a zombie. See proc_pid_stat(5). */
function startTimeOf(pid: number): number | null {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    // It has ended, or the system has no /proc.
    return null;
  }
  // The name before them may hold spaces and parentheses.
  const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? null : Number(fields[19]);
}

function answers(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
