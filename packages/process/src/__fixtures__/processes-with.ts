import { readdirSync, readFileSync } from "node:fs";
import { isAlive } from "../index.ts";

/** Pids of the living processes whose environment has this text. */
export function processesWith(text: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && environmentOf(pid).includes(text))
    .filter((pid) => isAlive(pid, null));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    // It ended while we looked.
    return "";
  }
}
