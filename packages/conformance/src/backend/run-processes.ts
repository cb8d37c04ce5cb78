import { readdir, readFile } from "node:fs/promises";
import { existsSync } from "node:fs";

/** Whether this system shows the environments of processes, as Linux does. */
export const showsEnvironments: boolean = existsSync("/proc/self/environ");

/** Pids of the living processes that carry the marker of a run. Not this one, which only hands it on. */
export async function runProcesses(marker: string): Promise<readonly number[]> {
  const entries = await readdir("/proc");
  const pids = entries.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => ((await carries(pid, marker)) ? [Number(pid)] : [])),
  );
  return found.flat();
}

/** A process may end, or belong to somebody else, at any moment: it is not one of ours then. A zombie has no environment. */
async function carries(pid: string, marker: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
  return environment.split("\0").includes(`SIGNALBOX_RUN_ID=${marker}`);
}

/** Why no law about processes applies here; `null` where they do. */
export function runProcessesNeeded(): string | null {
  return showsEnvironments ? null : "This system does not show the environments of processes.";
}
