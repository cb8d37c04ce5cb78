import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { hasProcessTable } from "../termination/process-table.ts";
import type { Cgroup } from "./cgroup.ts";
import { cgroupHome, type Refusal } from "./cgroup-home.ts";
import { createRunCgroup, removeStaleCgroups } from "./run-cgroups.ts";

/** How processes of a run are found and ended on this machine. */
export interface KillMeans {
  /** See `StopReport.method`. */
  readonly method: "cgroup" | "descendants" | "group";
  /** Why it is not a better one; `null` for `cgroup`. */
  readonly because: string | null;
  /** What outlives the end of a run all the same. */
  readonly mayEscape: string;
}

/** Tries what can be done here, rather than concluding it from versions. Costs some milliseconds the first time. */
export function describeKillMeans(): KillMeans {
  if (!hasProcessTable) {
    return {
      method: "group",
      because: "this system has no /proc",
      mayEscape: "Whatever makes a process group or a session of its own.",
    };
  }
  const home = containmentHome();
  if (typeof home === "string") {
    return {
      method: "cgroup",
      because: null,
      mayEscape: "What another service (systemd-run, docker, cron) starts for the agent.",
    };
  }
  return {
    method: "descendants",
    because: home.because,
    mayEscape:
      "A process that has left its parent, its process group, its output and its environment behind, a chain of processes that live for milliseconds, and what another service (systemd-run, docker, cron) starts for the agent.",
  };
}

/** A cgroup for what a process is to start. Where it is `null` there is none: `describeKillMeans` says why. */
export function startContainment(runMarker: string): Cgroup | null {
  const home = containmentHome();
  return typeof home === "string" ? createRunCgroup(home, runMarker) : null;
}

let tried: { readonly home: string; readonly refusal: Refusal | null } | null = null;

/** The cgroup of this process, if those of runs can be made below it: an outer one that is killed takes the inner along. */
function containmentHome(): string | Refusal {
  // Anew each time: a service manager may have moved this process.
  const home = cgroupHome();
  if (typeof home !== "string") return home;
  if (tried?.home !== home) {
    tried = { home, refusal: tryHome(home) };
    if (tried.refusal === null) void removeStaleCgroups(home);
  }
  return tried.refusal ?? home;
}

function tryHome(home: string): Refusal | null {
  const cgroup = createRunCgroup(home, "");
  if (cgroup === null) return { because: `no cgroup can be made in ${home}` };
  try {
    if (!existsSync(join(cgroup.folder, "cgroup.kill"))) {
      return { because: "this kernel has no cgroup.kill (Linux 5.14 has)" };
    }
    const [file, ...words] = cgroup.joined("/bin/true", []);
    const { status } = spawnSync(file, words, { stdio: "ignore" });
    return status === 0 ? null : { because: `no process can join a cgroup of ${home}` };
  } finally {
    void cgroup.remove();
  }
}
