import type { Containment, ContainmentLimits } from "@signalbox/contracts";
import { findExecutable } from "../spawn/find-executable.ts";

/** Where the system keeps its own tools. */
export const systemPath = "/usr/bin:/bin:/usr/local/bin";

/**
 * The words before a program that starts under these limits: `prlimit …`, or none. Where there is no such program,
 * `describeContainment` says that nothing is limited.
 */
export async function resourceLimits({ limits, tier }: Containment): Promise<readonly string[]> {
  const options = limitOptions(limits, tier);
  if (options.length === 0) return [];
  const prlimit = await findExecutable("prlimit", systemPath);
  return prlimit === null ? [] : [prlimit, ...options, "--"];
}

function limitOptions(limits: ContainmentLimits, tier: Containment["tier"]): readonly string[] {
  const { memoryBytes, processes, cpuSeconds } = limits;
  return [
    memoryBytes === null ? [] : [`--data=${memoryBytes}`],
    cpuSeconds === null ? [] : [`--cpu=${cpuSeconds}`],
    // Outside of a user namespace it would count all processes of the user.
    processes === null || tier === "none" ? [] : [`--nproc=${processes}`],
  ].flat();
}
