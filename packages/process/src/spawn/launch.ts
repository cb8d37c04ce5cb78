import { type ChildProcess, spawn } from "node:child_process";
import { processStartTime } from "../termination/process-table.ts";
import { spawnError } from "./locate-program.ts";
import { processMarkerName, runMarkerName } from "./markers.ts";
import type { ProcessOrder } from "./process-order.ts";

export interface Launched {
  readonly child: ChildProcess;
  readonly pid: number;
  /** See `processStartTime`. */
  readonly startTime: number | null;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Starts the program at `path` in a session of its own. Rejects with a `SignalboxError` where the system refuses. */
export async function launch(
  order: ProcessOrder,
  path: string,
  processId: string,
): Promise<Launched> {
  const child = spawnChild(order, path, processId);
  // Before anything else runs: until then not even a process that ended at once has been taken off the table.
  const startTime = child.pid === undefined ? null : processStartTime(child.pid);
  const exit: Launched["exit"] = new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.on("error", (error) => reject(spawnError(order.command[0], path, error)));
  });
  if (child.pid === undefined) throw new Error("A spawned process has a pid");
  writeInput(child, order.stdin);
  return { child, pid: child.pid, startTime, exit };
}

function spawnChild(order: ProcessOrder, path: string, processId: string): ChildProcess {
  const [program, ...parameters] = order.command;
  const env: Record<string, string> = { ...order.environment, [processMarkerName]: processId };
  if (order.runMarker !== null) env[runMarkerName] = order.runMarker;
  try {
    return spawn(path, parameters, {
      argv0: program,
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

function writeInput(child: ChildProcess, data: string | Buffer | undefined): void {
  if (child.stdin === null || data === undefined) return;
  // A program that ends, or closes its input, without reading all of it has done nothing wrong.
  child.stdin.on("error", () => child.stdin?.destroy());
  child.stdin.end(data);
}
