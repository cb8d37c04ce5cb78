import { setTimeout as delay } from "node:timers/promises";
import type { ProcessTree } from "./process-tree.ts";

/** How a process and what it had started were ended. */
export interface StopReport {
  /** Of the first stop that was asked for. */
  readonly reason: string;
  /** The strongest signal that was needed; `null` where nothing was alive any more. */
  readonly signal: "SIGTERM" | "SIGKILL" | null;
  /**
   * How members were looked for. `cgroup`: by a cgroup of their own, which nothing leaves unless a service manager moves
   * it. `namespace`: by a pid namespace of their own, which the kernel ends as a whole. `descendants`: process group, parents, the marker in the environment, and who holds the output open; what gave up
   * all four may have survived. `group`: only the process group, on systems without `/proc`; whatever made a session
   * of its own may have survived.
   */
  readonly method: "cgroup" | "namespace" | "descendants" | "group";
  /** Pids that are known to live on, after everything was tried. */
  readonly survivors: readonly number[];
  /**
   * Pids that may have survived: younger than the process, without a terminal, at work in its folder, and nothing else
   * leads to them. That is too little for killing them. Empty with `cgroup` and `namespace`, where none can be.
   */
  readonly suspects: readonly number[];
}

export type TreeEnding = Omit<StopReport, "reason">;

const firstPollMs = 5;
const slowestPollMs = 50;
/** How long SIGKILL is repeated: a process in an uninterruptible wait outlasts any patience. */
const killLimitMs = 2_000;

/** SIGTERM to all, `graceMs`, then SIGKILL until none is found twice in a row. */
export async function endTree(tree: ProcessTree, graceMs: number): Promise<TreeEnding> {
  const { method } = tree;
  let signal: TreeEnding["signal"] = null;
  let survivors: readonly number[] = [];
  if (!(await isGone(tree))) {
    signal = graceMs > 0 && (await terminate(tree, graceMs)) ? "SIGTERM" : "SIGKILL";
    if (signal === "SIGKILL") survivors = await kill(tree);
  }
  const suspects = tree.suspects();
  await tree.close();
  return { signal, method, survivors, suspects };
}

/** Two looks: what forks and ends during the first can slip through it, but its child cannot slip through both. */
async function isGone(tree: ProcessTree): Promise<boolean> {
  return (await tree.find()).length === 0 && (await tree.findNewcomers()).length === 0;
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
    if (await isGone(tree)) return true;
    tree.signal("SIGTERM");
  }
  return false;
}

async function kill(tree: ProcessTree): Promise<readonly number[]> {
  const deadline = performance.now() + killLimitMs;
  for (const pause of pauses()) {
    if (await isGone(tree)) return [];
    if (performance.now() > deadline) return tree.find();
    tree.signal("SIGKILL");
    await delay(pause);
  }
  return [];
}

function* pauses(): Generator<number> {
  for (let pause = firstPollMs; ; pause = Math.min(pause * 2, slowestPollMs)) yield pause;
}
