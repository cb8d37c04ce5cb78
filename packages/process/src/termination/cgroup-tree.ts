import { setTimeout as delay } from "node:timers/promises";
import type { Cgroup } from "../containment/cgroup.ts";
import { isAlive, readProcess, signalProcess } from "./process-table.ts";
import type { ProcessTree, TreeRoot } from "./process-tree.ts";
import type { VisibleTree } from "./visible-tree.ts";

/** What dies takes a moment to leave its cgroup. */
const leavingMs = 2;
const leavingLooks = 5;

/**
 * A tree in a cgroup of its own. As long as the root lives, whoever has left the cgroup (a service manager may have moved
 * it) is looked for by what else leads to it.
 */
export class CgroupTree implements ProcessTree {
  readonly method = "cgroup";
  readonly #root: TreeRoot;
  readonly #cgroup: Cgroup;
  readonly #visible: VisibleTree;
  /** Pid to start time: who was found in the cgroup by the last look. */
  #members = new Map<number, number>();

  constructor(root: TreeRoot, cgroup: Cgroup, visible: VisibleTree) {
    this.#root = root;
    this.#cgroup = cgroup;
    this.#visible = visible;
  }

  async find(): Promise<number[]> {
    const outside = this.#root.hasExited() ? this.#visible.living() : await this.#visible.find();
    return [...new Set([...(await this.#inCgroup()), ...outside])];
  }

  findNewcomers(): Promise<number[]> {
    return this.find();
  }

  isAlive(): boolean {
    return this.#visible.isAlive() || [...this.#members].some((member) => isAlive(...member));
  }

  signal(signal: "SIGTERM" | "SIGKILL"): void {
    if (signal === "SIGKILL") this.#cgroup.kill();
    const signalled = new Set(this.#visible.living());
    this.#visible.signal(signal);
    for (const [pid, startTime] of this.#members) {
      if (this.#root.isJailer && pid === this.#root.pid && signal === "SIGTERM") continue;
      if (!signalled.has(pid)) signalProcess({ pid, startTime }, signal);
    }
  }

  suspects(): number[] {
    return [];
  }

  close(): Promise<void> {
    return this.#cgroup.remove();
  }

  async #inCgroup(): Promise<readonly number[]> {
    this.#members = new Map();
    let listed: readonly number[] = [];
    for (let looks = 0; looks < leavingLooks && this.#cgroup.isPopulated(); looks += 1) {
      if (looks > 0) await delay(leavingMs);
      listed = await this.#cgroup.pids();
      for (const pid of listed) {
        const startTime = readProcess(pid)?.startTime;
        if (startTime !== undefined) this.#members.set(pid, startTime);
      }
      if (this.#members.size > 0) return [...this.#members.keys()];
    }
    // Each time somebody, and each time gone before they could be known: they start one another.
    return this.#cgroup.isPopulated() ? listed : [];
  }
}
