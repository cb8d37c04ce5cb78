import {
  answersSignal,
  hasProcessTable,
  isAlive,
  listProcesses,
  type ProcessEntry,
  signalGroup,
  signalProcess,
  startedWith,
  withDescendants,
} from "./process-table.ts";

export interface TreeRoot {
  /** Also the id of its process group. */
  readonly pid: number;
  readonly startTime: number | null;
  /** `NAME=value` of an environment variable that this process alone, and what descends from it, was given. */
  readonly marker: string;
  /** Whether the exit of the root has been seen: from then on its pid may name another process. */
  readonly hasExited: () => boolean;
}

/** A started process with all that descends from it, as far as it can be found. */
export interface ProcessTree {
  /** How members are found: by process group alone, or also by parent and by marker. */
  readonly method: "group" | "descendants";
  /** Looks at the whole system. Returns the pids of the living members. */
  find(): number[];
  /** Whether one of the members that `find` has seen is alive: a cheap look. */
  isAlive(): boolean;
  signal(signal: "SIGTERM" | "SIGKILL"): void;
}

export function processTree(root: TreeRoot): ProcessTree {
  return hasProcessTable && root.startTime !== null
    ? new VisibleTree(root, root.startTime)
    : new GroupTree(root);
}

/** What can be known of a tree without a process table: whether somebody of its group is left. */
class GroupTree implements ProcessTree {
  readonly method = "group";
  readonly #root: TreeRoot;

  constructor(root: TreeRoot) {
    this.#root = root;
  }

  find(): number[] {
    return this.isAlive() ? [this.#root.pid] : [];
  }

  isAlive(): boolean {
    return answersSignal(-this.#root.pid);
  }

  signal(signal: NodeJS.Signals): void {
    signalGroup(this.#root.pid, signal);
  }
}

/** A tree that `/proc` shows: members of the group, whoever carries the marker, and the children of all these. */
class VisibleTree implements ProcessTree {
  readonly method = "descendants";
  readonly #root: TreeRoot;
  readonly #rootStartTime: number;
  /** Everyone ever seen as a member. */
  readonly #members = new Map<number, ProcessEntry>();

  constructor(root: TreeRoot, rootStartTime: number) {
    this.#root = root;
    this.#rootStartTime = rootStartTime;
  }

  find(): number[] {
    const processes = listProcesses();
    const seeds = processes.filter((entry) => this.#isMemberByItself(entry, processes));
    const known = processes.filter((entry) => this.#isKnown(entry));
    for (const entry of withDescendants([...known, ...seeds], processes)) {
      this.#members.set(entry.pid, entry);
    }
    return [...this.#members.values()].filter(isStillAlive).map((entry) => entry.pid);
  }

  isAlive(): boolean {
    return [...this.#members.values()].some(isStillAlive);
  }

  signal(signal: NodeJS.Signals): void {
    // At once for all of the group, so that none can fork away from it in between. Safe only while the root's pid is taken.
    const asGroup = !this.#root.hasExited();
    if (asGroup) signalGroup(this.#root.pid, signal);
    for (const entry of this.#members.values()) {
      if (!asGroup || entry.groupId !== this.#root.pid) signalProcess(entry, signal);
    }
  }

  #isKnown(entry: ProcessEntry): boolean {
    return this.#members.get(entry.pid)?.startTime === entry.startTime;
  }

  #isMemberByItself(entry: ProcessEntry, processes: readonly ProcessEntry[]): boolean {
    // Nobody who was there before the root can descend from it.
    if (entry.startTime < this.#rootStartTime) return false;
    const { pid, marker } = this.#root;
    if (entry.groupId === pid && !this.#rootPidIsReused(processes)) return true;
    return startedWith(entry.pid, marker);
  }

  #rootPidIsReused(processes: readonly ProcessEntry[]): boolean {
    const holder = processes.find((entry) => entry.pid === this.#root.pid);
    return holder !== undefined && holder.startTime !== this.#rootStartTime;
  }
}

function isStillAlive(entry: ProcessEntry): boolean {
  return isAlive(entry.pid, entry.startTime);
}
