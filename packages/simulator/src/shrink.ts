import { noFaults, type FaultName, type FaultPlan } from "./fault-plan.ts";
import { simulate } from "./simulate.ts";
import type { SimulationOptions } from "./simulation-options.ts";

/**
 * Looks for a smaller world that breaks the same rule: without this fault, with fewer issues, over fewer hours. Each
 * attempt is one simulation; at most `attempts` are made. Resolves with the smallest world that was found, which may
 * be the one that was given.
 */
export async function shrink(
  options: SimulationOptions,
  attempts: number = 40,
): Promise<SimulationOptions> {
  const rule = (await simulate(options)).violations[0]?.rule;
  if (rule === undefined) return options;
  let smallest = options;
  let left = attempts;
  const keep = async (smaller: SimulationOptions): Promise<boolean> => {
    if (left <= 0) return false;
    left -= 1;
    const { violations } = await simulate(smaller);
    if (violations[0]?.rule !== rule) return false;
    smallest = smaller;
    return true;
  };
  for (const name of faultNames) {
    const faults: FaultPlan = { ...(smallest.faults ?? noFaults), [name]: 0 };
    if ((smallest.faults?.[name] ?? 0) > 0) await keep({ ...smallest, faults });
  }
  while (smallest.issues > 1) {
    if (!(await keep({ ...smallest, issues: Math.floor(smallest.issues / 2) }))) break;
  }
  while (smallest.hours > 0.1) {
    if (!(await keep({ ...smallest, hours: smallest.hours / 2 }))) break;
  }
  return smallest;
}

const faultNames: readonly FaultName[] = [
  "crashes",
  "freezes",
  "restarts",
  "clockJumps",
  "fullDisks",
  "lowMemory",
  "reloads",
  "edits",
  "orders",
  "tracker",
  "host",
  "journal",
  "delivery",
  "agents",
];
