import { type ChildProcess, spawn } from "node:child_process";
import { pipeline } from "node:stream";
import type { Cgroup } from "../containment/cgroup.ts";
import { limitCgroup } from "../containment/cgroup-limits.ts";
import { startContainment } from "../containment/kill-means.ts";
import { openFile, workingFolder } from "../termination/process-files.ts";
import { originalStartTime } from "../termination/process-table.ts";
import { lacksInterpreter } from "./interpreter.ts";
import { missingInterpreter, spawnError } from "./locate-program.ts";
import { processMarkerName, runMarkerName } from "./markers.ts";
import type { ProcessOrder } from "./process-order.ts";

/** What a process is known by, seen before it had a chance to change any of it. */
interface Origin {
  /** See `processStartTime`. */
  readonly startTime: number | null;
  readonly folder: string | null;
  /** Its ends of the outputs that are read, as `openFile` names them. */
  readonly stdout: string | null;
  readonly stderr: string | null;
}

export interface Launched {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly origin: Origin;
  /** What it lives in with all that it starts, and nobody else; `null` where there is no such thing. */
  readonly cgroup: Cgroup | null;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Starts the program at `path` in a session of its own. Rejects with a `SignalboxError` where the system refuses. */
export async function launch(
  order: ProcessOrder,
  path: string,
  processId: string,
): Promise<Launched> {
  const { child, origin, cgroup } = spawnContained(order, path, processId);
  const exit: Launched["exit"] = new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.on("error", (error) => reject(spawnError(order.command[0], path, error)));
  });
  if (child.pid === undefined) throw new Error("A spawned process has a pid");
  writeInput(child, order.stdin);
  return { child, pid: child.pid, origin, cgroup, exit };
}

function spawnContained(
  order: ProcessOrder,
  path: string,
  processId: string,
): Pick<Launched, "child" | "origin" | "cgroup"> {
  const cgroup = order.runMarker === null ? null : startContainment(order.runMarker);
  if (cgroup !== null && order.containment !== undefined) {
    limitCgroup(cgroup, order.containment.limits);
  }
  let isStarted = false;
  try {
    const child = spawnChild(order, path, processId, cgroup);
    isStarted = child.pid !== undefined;
    return { child, origin: originOf(child), cgroup };
  } finally {
    if (!isStarted) void cgroup?.remove();
  }
}

/** To be called at once: until anything else runs, even a process that has ended already is still in the table. */
function originOf({ pid, stdout, stderr }: ChildProcess): Origin {
  if (pid === undefined) return { startTime: null, folder: null, stdout: null, stderr: null };
  return {
    startTime: originalStartTime(pid),
    folder: workingFolder(pid),
    stdout: stdout === null ? null : openFile(pid, 1),
    stderr: stderr === null ? null : openFile(pid, 2),
  };
}

function spawnChild(
  order: ProcessOrder,
  path: string,
  processId: string,
  cgroup: Cgroup | null,
): ChildProcess {
  const [program, ...parameters] = order.command;
  if (cgroup !== null && lacksInterpreter(path)) throw missingInterpreter(program, path);
  const [file, ...words] = cgroup?.joined(path, parameters) ?? [path, ...parameters];
  const env: Record<string, string> = { ...order.environment, [processMarkerName]: processId };
  if (order.runMarker !== null) env[runMarkerName] = order.runMarker;
  try {
    return spawn(file, words, {
      argv0: cgroup === null ? program : file,
      cwd: order.cwd,
      env,
      detached: true,
      stdio: [
        order.stdin === undefined ? "ignore" : "pipe",
        order.onStdout === undefined ? "ignore" : "pipe",
        order.onStderr === undefined ? "ignore" : "pipe",
      ],
    });
  } catch (error) {
    throw spawnError(program, path, error);
  }
}

function writeInput(child: ChildProcess, data: ProcessOrder["stdin"]): void {
  if (child.stdin === null || data === undefined) return;
  // A program that ends, or closes its input, without reading all of it has done nothing wrong.
  child.stdin.on("error", () => child.stdin?.destroy());
  if (typeof data === "string" || Buffer.isBuffer(data)) child.stdin.end(data);
  else pipeline(data, child.stdin, () => undefined);
}
