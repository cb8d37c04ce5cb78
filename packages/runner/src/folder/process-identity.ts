import { readFileSync } from "node:fs";
import { isAlive, processStartTime } from "@signalbox/process";

/** Names one process for good: a pid alone is used again, and all start times begin anew with each boot. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot; `null` on systems without `/proc`. */
  readonly startTime: number | null;
  readonly bootId: string | null;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTime: processStartTime(pid), bootId: bootId() };
}

export function isRunning({ pid, startTime, bootId: boot }: ProcessIdentity): boolean {
  return boot === bootId() && isAlive(pid, startTime);
}

export function isProcessIdentity(value: unknown): value is ProcessIdentity {
  return (
    typeof value === "object" &&
    value !== null &&
    "pid" in value &&
    Number.isInteger(value.pid) &&
    "startTime" in value &&
    (value.startTime === null || typeof value.startTime === "number") &&
    "bootId" in value &&
    (value.bootId === null || typeof value.bootId === "string")
  );
}

let known: string | null | undefined;

function bootId(): string | null {
  known ??= readBootId();
  return known;
}

function readBootId(): string | null {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // Only Linux has one.
    return null;
  }
}
