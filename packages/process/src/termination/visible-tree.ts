import { carriedMarkers } from "./carried-markers.ts";
import { look } from "./look.ts";
import { holdsOneOf, worksIn } from "./process-files.ts";
import {
  isAlive,
  type ProcessEntry,
  readProcess,
  signalGroup,
  signalProcess,
  withDescendants,
} from "./process-table.ts";
import type { ProcessTree, TreeRoot } from "./process-tree.ts";

const nobody: ReadonlySet<number> = new Set();

/**
 * A tree that `/proc` shows: members of the group, whoever carries the marker or holds the root's end of an output,
 * and the children of all these.
 */
export class VisibleTree implements ProcessTree {
  readonly method: "namespace" | "descendants";
  readonly #root: TreeRoot;
  readonly #rootStartTime: number;
  /** Everyone ever seen as a member. */
  readonly #members = new Map<number, ProcessEntry>();
  /** Everyone else who is not older than the root, as of the last look. */
  #strangers = new Map<number, ProcessEntry>();
  #skip: ReadonlySet<number> = nobody;

  constructor(root: TreeRoot, rootStartTime: number) {
    this.method = root.isJailer ? "namespace" : "descendants";
    this.#root = root;
    this.#rootStartTime = rootStartTime;
  }

  find(): Promise<number[]> {
    this.#strangers = new Map();
    return this.#look(nobody);
  }

  findNewcomers(): Promise<number[]> {
    return this.#look(this.#skip);
  }

  isAlive(): boolean {
    return this.living().length > 0;
  }

  /** Pids of the members that were found and are alive: a cheap look. */
  living(): number[] {
    return [...this.#members.values()].filter(isStillAlive).map((entry) => entry.pid);
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#root.isJailer && signal === "SIGTERM") return this.#signalPrisoners();
    // At once for all of the group, so that none can fork away from it in between. Safe only while the root's pid is taken.
    const asGroup = !this.#root.hasExited();
    if (asGroup) signalGroup(this.#root.pid, signal);
    for (const entry of this.#members.values()) {
      if (!asGroup || entry.groupId !== this.#root.pid) signalProcess(entry, signal);
    }
  }

  suspects(): number[] {
    const { folder, isJailer } = this.#root;
    if (folder === null || isJailer) return [];
    return [...this.#strangers.values()]
      .filter((entry) => !entry.hasTerminal && carriedMarkers(entry).length === 0)
      .filter((entry) => worksIn(entry.pid, folder) && isStillAlive(entry))
      .map((entry) => entry.pid);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #signalPrisoners(): void {
    for (const entry of this.#members.values()) {
      if (entry.pid !== this.#root.pid) signalProcess(entry, "SIGTERM");
    }
  }

  async #look(skip: ReadonlySet<number>): Promise<number[]> {
    const { pid, countBefore } = this.#root;
    // Where others than the root were found, the root is a busy one: then nothing is taken for granted.
    const isQuiet = [...this.#members.keys()].every((member) => member === pid);
    const since = isQuiet ? { pid, count: countBefore } : null;
    const seen = await look({ since, skip });
    // Nobody who was there before the root can descend from it.
    const younger = seen.filter((entry) => entry.startTime >= this.#rootStartTime);
    const seeds = this.#memberSeeds(younger);
    for (const entry of withDescendants(seeds, younger)) this.#members.set(entry.pid, entry);
    for (const entry of younger) {
      if (!this.#isKnown(entry)) this.#strangers.set(entry.pid, entry);
    }
    this.#skip = new Set(
      seen.map((entry) => entry.pid).filter((found) => !this.#members.has(found)),
    );
    return this.living();
  }

  #memberSeeds(younger: readonly ProcessEntry[]): ProcessEntry[] {
    const { pid, marker, openOutputs } = this.#root;
    const groupIsOurs = younger.length > 0 && !this.#rootPidIsReused();
    const outputs = openOutputs();
    return younger.filter((entry) => {
      if (this.#isKnown(entry)) return true;
      if (entry.groupId === pid && groupIsOurs) return true;
      const markers = carriedMarkers(entry);
      return markers.includes(marker) || (markers.length === 0 && holdsOneOf(entry.pid, outputs));
    });
  }

  #isKnown(entry: ProcessEntry): boolean {
    return this.#members.get(entry.pid)?.startTime === entry.startTime;
  }

  #rootPidIsReused(): boolean {
    const holder = readProcess(this.#root.pid);
    return holder !== null && holder.startTime !== this.#rootStartTime;
  }
}

function isStillAlive(entry: ProcessEntry): boolean {
  return isAlive(entry.pid, entry.startTime);
}
