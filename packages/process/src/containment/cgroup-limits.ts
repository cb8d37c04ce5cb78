import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ContainmentLimits } from "@signalbox/contracts";
import { type Cgroup, written } from "./cgroup.ts";
import { cgroupHome, readOr } from "./cgroup-home.ts";

/** What can be limited in cgroups that are made below that of this process: `memory`, `pids`, … */
export function cgroupControllers(): ReadonlySet<string> {
  const home = cgroupHome();
  if (typeof home !== "string") return new Set();
  return new Set(readOr(join(home, "cgroup.subtree_control"), "").trim().split(/\s+/));
}

/** Limits the tree as far as its cgroup can: `describeContainment` says how far that is. */
export function limitCgroup({ folder }: Cgroup, limits: ContainmentLimits): void {
  const { memoryBytes, processes } = limits;
  if (memoryBytes !== null) {
    limit(folder, "memory.max", memoryBytes);
    // Otherwise the tree would go on in the swap space of the machine.
    limit(folder, "memory.swap.max", 0);
  }
  if (processes !== null) limit(folder, "pids.max", processes);
}

function limit(folder: string, name: string, value: number): void {
  const file = join(folder, name);
  if (existsSync(file)) written(file, String(value));
}
