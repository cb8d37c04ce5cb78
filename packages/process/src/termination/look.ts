import { readdir } from "node:fs/promises";
import { setImmediate as immediate } from "node:timers/promises";
import { batched } from "./batched.ts";
import { forgetOthers } from "./carried-markers.ts";
import { countForks, type ForkCount, pidsSince } from "./fork-count.ts";
import { type ProcessEntry, readProcess } from "./process-table.ts";

/** What somebody wants to see of the process table. */
export interface LookOrder {
  /** Only what was started after this process; `null`: everything. */
  readonly since: { readonly pid: number; readonly count: ForkCount | null } | null;
  /** Pids that need not be read. */
  readonly skip: ReadonlySet<number>;
}

/** About a millisecond of reading. */
const chunkSize = 64;

/**
 * Looks at the process table: at what is living, this process left out. All who ask at the same time share one
 * look, so the result may hold more than what was asked for.
 */
export const look: (order: LookOrder) => Promise<ProcessEntry[]> = batched(lookForAll);

async function lookForAll(orders: readonly LookOrder[]): Promise<ProcessEntry[]> {
  const names = await readdir("/proc");
  forgetOthers(names);
  // After the names: whoever is among them has been started by now.
  const now = orders.some(({ since }) => since !== null) ? countForks() : null;
  const wanted = orders.map(({ since, skip }) => ({
    ...pidsSince(since?.pid ?? 0, since?.count ?? null, now),
    skip,
  }));
  const found: ProcessEntry[] = [];
  let read = 0;
  for (const name of names) {
    const pid = Number(name);
    if (pid === process.pid) continue;
    if (!wanted.some(({ first, last, skip }) => pid >= first && pid <= last && !skip.has(pid)))
      continue;
    if (++read % chunkSize === 0) await immediate();
    const entry = readProcess(pid);
    if (entry !== null) found.push(entry);
  }
  return found;
}
