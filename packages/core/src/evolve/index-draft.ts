import { type DraftMap, type OrderedMap, compareText, createOrderedMap } from "../ordered-map.ts";
import { compareRank } from "../selection/ordering.ts";
import type { ReadyKey, StateIndex, TimerKey } from "../state.ts";

/** The index while one input is applied: each map is cloned before its first write. */
export class IndexDraft implements StateIndex {
  ready: OrderedMap<string, OrderedMap<ReadyKey, undefined>>;
  readyCount: number;
  running: number;
  runningByState: OrderedMap<string, number>;
  timers: OrderedMap<TimerKey, undefined>;
  armed: OrderedMap<string, number>;
  transitions: OrderedMap<string, string>;
  dependents: OrderedMap<string, readonly string[]>;
  readonly #base: StateIndex;
  #changed = false;
  /** Queues that this draft has cloned already, by state. */
  #queues: Map<string, DraftMap<ReadyKey, undefined>> | null = null;
  #timers: DraftMap<TimerKey, undefined> | null = null;
  #armed: DraftMap<string, number> | null = null;

  constructor(base: StateIndex) {
    this.#base = base;
    this.ready = base.ready;
    this.readyCount = base.readyCount;
    this.running = base.running;
    this.runningByState = base.runningByState;
    this.timers = base.timers;
    this.armed = base.armed;
    this.transitions = base.transitions;
    this.dependents = base.dependents;
  }

  addReady(state: string, key: ReadyKey): void {
    this.#queue(state).set(key, undefined);
    this.readyCount += 1;
  }

  removeReady(state: string, key: ReadyKey): void {
    this.#queue(state).delete(key);
    this.readyCount -= 1;
  }

  countRunning(state: string, change: 1 | -1): void {
    this.#changed = true;
    const map = this.runningByState.clone();
    const count = (map.get(state) ?? 0) + change;
    if (count === 0) map.delete(state);
    else map.set(state, count);
    this.runningByState = map;
    this.running += change;
  }

  /** Moves the subject's only timer; `null` takes it away. */
  arm(subject: string, dueAt: number | null): void {
    const before = this.armed.get(subject) ?? null;
    if (before === dueAt) return;
    this.#changed = true;
    this.#timers ??= this.timers = this.timers.clone();
    this.#armed ??= this.armed = this.armed.clone();
    if (before !== null) this.#timers.delete({ dueAt: before, subject });
    if (dueAt === null) {
      this.#armed.delete(subject);
    } else {
      this.#timers.set({ dueAt, subject }, undefined);
      this.#armed.set(subject, dueAt);
    }
  }

  setTransition(issueId: string, key: string | null): void {
    this.#changed = true;
    const map = this.transitions.clone();
    if (key === null) map.delete(issueId);
    else map.set(issueId, key);
    this.transitions = map;
  }

  setDependents(blockerId: string, issueIds: readonly string[]): void {
    this.#changed = true;
    const map = this.dependents.clone();
    if (issueIds.length === 0) map.delete(blockerId);
    else map.set(blockerId, issueIds);
    this.dependents = map;
  }

  close(): StateIndex {
    if (!this.#changed) return this.#base;
    return {
      ready: this.ready,
      readyCount: this.readyCount,
      running: this.running,
      runningByState: this.runningByState,
      timers: this.timers,
      armed: this.armed,
      transitions: this.transitions,
      dependents: this.dependents,
    };
  }

  #queue(state: string): DraftMap<ReadyKey, undefined> {
    const owned = this.#queues?.get(state);
    if (owned !== undefined) return owned;
    this.#changed = true;
    const queue =
      this.ready.get(state)?.clone() ?? createOrderedMap<ReadyKey, undefined>(compareRank);
    this.#queues ??= new Map();
    this.#queues.set(state, queue);
    const ready = this.ready.clone();
    ready.set(state, queue);
    this.ready = ready;
    return queue;
  }
}

export function createEmptyIndex(): StateIndex {
  return {
    ready: createOrderedMap(compareText),
    readyCount: 0,
    running: 0,
    runningByState: createOrderedMap(compareText),
    timers: createOrderedMap(compareTimers),
    armed: createOrderedMap(compareText),
    transitions: createOrderedMap(compareText),
    dependents: createOrderedMap(compareText),
  };
}

function compareTimers(a: TimerKey, b: TimerKey): number {
  return a.dueAt - b.dueAt || compareText(a.subject, b.subject);
}
