import type { Cgroup } from "../containment/cgroup.ts";
import { CgroupTree } from "./cgroup-tree.ts";
import type { StopReport } from "./end-tree.ts";
import type { ForkCount } from "./fork-count.ts";
import { answersSignal, hasProcessTable, signalGroup } from "./process-table.ts";
import { VisibleTree } from "./visible-tree.ts";

export interface TreeRoot {
  /** Also the id of its process group. */
  readonly pid: number;
  readonly startTime: number | null;
  /** Taken before it was started. */
  readonly countBefore: ForkCount | null;
  /** `NAME=value` of an environment variable that this process alone, and what descends from it, was given. */
  readonly marker: string;
  /** What it alone lives in, with what it started. */
  readonly cgroup: Cgroup | null;
  /**
   * Whether it only guards a pid namespace in which the program lives, and which ends with it: a SIGTERM would take the
   * program's grace away.
   */
  readonly isJailer: boolean;
  /** Where it was started, without symbolic links. */
  readonly folder: string | null;
  /** Whether the exit of the root has been seen: from then on its pid may name another process. */
  readonly hasExited: () => boolean;
  /** The outputs (as `openFile` names them) that somebody may still hold open. */
  readonly openOutputs: () => readonly string[];
}

/** A started process with all that descends from it, as far as it can be found. */
export interface ProcessTree {
  /** See `StopReport.method`. */
  readonly method: StopReport["method"];
  /** Looks at the whole system. Returns the pids of the living members. */
  find(): Promise<readonly number[]>;
  /** Right after a `find`: looks only at who was not there yet. */
  findNewcomers(): Promise<readonly number[]>;
  /** Whether one of the members that were found is alive: a cheap look. */
  isAlive(): boolean;
  signal(signal: "SIGTERM" | "SIGKILL"): void;
  /** See `StopReport.suspects`. */
  suspects(): readonly number[];
  /** To be called when all has ended that can be ended: frees what the tree holds. */
  close(): Promise<void>;
}

export function processTree(root: TreeRoot): ProcessTree {
  if (!hasProcessTable || root.startTime === null) return new GroupTree(root);
  const visible = new VisibleTree(root, root.startTime);
  return root.cgroup === null ? visible : new CgroupTree(root, root.cgroup, visible);
}

/** What can be known of a tree without a process table: whether somebody of its group is left. */
class GroupTree implements ProcessTree {
  readonly method = "group";
  readonly #root: TreeRoot;

  constructor(root: TreeRoot) {
    this.#root = root;
  }

  find(): Promise<number[]> {
    return Promise.resolve(this.isAlive() ? [this.#root.pid] : []);
  }

  findNewcomers(): Promise<number[]> {
    return this.find();
  }

  isAlive(): boolean {
    return answersSignal(-this.#root.pid);
  }

  signal(signal: NodeJS.Signals): void {
    signalGroup(this.#root.pid, signal);
  }

  suspects(): number[] {
    return [];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
