import { setTimeout as delay } from "node:timers/promises";
import type { ProcessTree } from "./process-tree.ts";

/** How a process and what it had started were ended. */
export interface StopReport {
  /** Of the first stop that was asked for. */
  readonly reason: string;
  /** The strongest signal that was needed; `null` where nothing was alive any more. */
  readonly signal: "SIGTERM" | "SIGKILL" | null;
  /**
   * How members were looked for. `descendants`: process group, parents and the marker in the environment; what gave up
   * all three (a daemon that cleared its environment) may have survived. `group`: only the process group, on
   * systems without `/proc`; whatever made a session of its own may have survived.
   */
  readonly method: "group" | "descendants";
  /** Pids that are known to live on, after everything was tried. */
  readonly survivors: readonly number[];
}

export type TreeEnding = Omit<StopReport, "reason">;

const firstPollMs = 5;
const slowestPollMs = 50;
/** How long SIGKILL is repeated: a process in an uninterruptible wait outlasts any patience. */
const killLimitMs = 2_000;

/** SIGTERM to all, `graceMs`, then SIGKILL until none is found twice in a row. */
export async function endTree(tree: ProcessTree, graceMs: number): Promise<TreeEnding> {
  const { method } = tree;
  if (tree.find().length === 0) return { signal: null, method, survivors: [] };
  if (graceMs > 0 && (await terminate(tree, graceMs))) {
    return { signal: "SIGTERM", method, survivors: [] };
  }
  return { signal: "SIGKILL", method, survivors: await kill(tree) };
}

/** Whether all were gone within the grace. */
async function terminate(tree: ProcessTree, graceMs: number): Promise<boolean> {
  const deadline = performance.now() + graceMs;
  tree.signal("SIGTERM");
  for (const pause of pauses()) {
    const left = deadline - performance.now();
    if (left <= 0) return false;
    await delay(Math.min(pause, left));
    if (tree.isAlive()) continue;
    if (tree.find().length === 0) return true;
    tree.signal("SIGTERM");
  }
  return false;
}

async function kill(tree: ProcessTree): Promise<number[]> {
  const deadline = performance.now() + killLimitMs;
  let cleanLooks = 0;
  for (const pause of pauses()) {
    const alive = tree.find();
    cleanLooks = alive.length === 0 ? cleanLooks + 1 : 0;
    if (cleanLooks === 2) return [];
    if (alive.length > 0 && performance.now() > deadline) return alive;
    tree.signal("SIGKILL");
    await delay(pause);
  }
  return [];
}

function* pauses(): Generator<number> {
  for (let pause = firstPollMs; ; pause = Math.min(pause * 2, slowestPollMs)) yield pause;
}
