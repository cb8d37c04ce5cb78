import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isAlive } from "@signalbox/process";

export function livingChildren(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter((text) => text !== "")
    .map(Number)
    .filter((child) => isAlive(child, null));
}

/** Resolves when the process has ended; rejects after 10 s. */
export async function gone(pid: number): Promise<void> {
  for (const limit = AbortSignal.timeout(10_000); isAlive(pid, null);) {
    await delay(10, undefined, { signal: limit });
  }
}
