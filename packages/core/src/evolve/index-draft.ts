import { type DraftMap, type OrderedMap, createOrderedSet, createTextMap } from "../ordered-map.ts";
import { compareRank } from "../selection/ordering.ts";
import type { ReadyKey, StateIndex, TimerKey } from "../state.ts";
import { MapDraft } from "./map-draft.ts";
import type { RunStage } from "./standing.ts";

/** The index while one input is applied: each map is cloned before its first write. */
export class IndexDraft implements StateIndex {
  ready: OrderedMap<string, OrderedMap<ReadyKey, undefined>>;
  readyCount: number;
  running: number;
  finishing: number;
  timers: OrderedMap<TimerKey, undefined>;
  readonly #base: StateIndex;
  #runningByState: MapDraft<string, number> | null = null;
  #transitions: MapDraft<string, string> | null = null;
  #marks: MapDraft<string, string> | null = null;
  #dependents: MapDraft<string, readonly string[]> | null = null;
  #changed = false;
  /** Queues that this draft has cloned already, by state. */
  #queues: Map<string, DraftMap<ReadyKey, undefined>> | null = null;
  #timers: DraftMap<TimerKey, undefined> | null = null;

  constructor(base: StateIndex) {
    this.#base = base;
    this.ready = base.ready;
    this.readyCount = base.readyCount;
    this.running = base.running;
    this.finishing = base.finishing;
    this.timers = base.timers;
  }

  get runningByState(): MapDraft<string, number> {
    this.#runningByState ??= new MapDraft(this.#base.runningByState);
    return this.#runningByState;
  }

  get transitions(): MapDraft<string, string> {
    this.#transitions ??= new MapDraft(this.#base.transitions);
    return this.#transitions;
  }

  get marks(): MapDraft<string, string> {
    this.#marks ??= new MapDraft(this.#base.marks);
    return this.#marks;
  }

  get dependents(): MapDraft<string, readonly string[]> {
    this.#dependents ??= new MapDraft(this.#base.dependents);
    return this.#dependents;
  }

  addReady(state: string, key: ReadyKey): void {
    this.#queue(state).set(key, undefined);
    this.readyCount += 1;
  }

  removeReady(state: string, key: ReadyKey): void {
    this.#queue(state).delete(key);
    this.readyCount -= 1;
  }

  countRun(stage: RunStage, state: string, change: 1 | -1): void {
    this.#changed = true;
    this.running += change;
    if (stage === "finishing") {
      this.finishing += change;
      return;
    }
    const count = (this.runningByState.get(state) ?? 0) + change;
    put(this.runningByState, state, count === 0 ? null : count);
  }

  /** `before`: when it was armed for; `null`: no timer. */
  moveTimer(
    subject: TimerKey["subject"],
    id: string,
    before: number | null,
    dueAt: number | null,
  ): void {
    if (before === dueAt) return;
    this.#changed = true;
    this.#timers ??= this.timers = this.timers.clone();
    if (before !== null) this.#timers.delete({ dueAt: before, subject, id });
    if (dueAt !== null) this.#timers.set({ dueAt, subject, id }, undefined);
  }

  setTransition(issueId: string, key: string | null): void {
    this.#changed = true;
    put(this.transitions, issueId, key);
  }

  setMark(issueId: string, key: string | null): void {
    this.#changed = true;
    put(this.marks, issueId, key);
  }

  setDependents(blockerId: string, issueIds: readonly string[]): void {
    this.#changed = true;
    put(this.dependents, blockerId, issueIds.length === 0 ? null : issueIds);
  }

  close(): StateIndex {
    const base = this.#base;
    if (!this.#changed) return base;
    return {
      ready: this.ready,
      readyCount: this.readyCount,
      running: this.running,
      finishing: this.finishing,
      runningByState: this.#runningByState?.close() ?? base.runningByState,
      timers: this.timers,
      transitions: this.#transitions?.close() ?? base.transitions,
      marks: this.#marks?.close() ?? base.marks,
      dependents: this.#dependents?.close() ?? base.dependents,
    };
  }

  #queue(state: string): DraftMap<ReadyKey, undefined> {
    const owned = this.#queues?.get(state);
    if (owned !== undefined) return owned;
    this.#changed = true;
    const queue = this.ready.get(state)?.clone() ?? createOrderedSet<ReadyKey>(isRankBefore);
    this.#queues ??= new Map();
    this.#queues.set(state, queue);
    const ready = this.ready.clone();
    ready.set(state, queue);
    this.ready = ready;
    return queue;
  }
}

/** `null` takes the entry away. */
function put<V>(map: MapDraft<string, V>, key: string, value: V | null): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}

export function createEmptyIndex(): StateIndex {
  return {
    ready: createTextMap(),
    readyCount: 0,
    running: 0,
    finishing: 0,
    runningByState: createTextMap(),
    timers: createOrderedSet(isTimerBefore),
    transitions: createTextMap(),
    marks: createTextMap(),
    dependents: createTextMap(),
  };
}

function isTimerBefore(a: TimerKey, b: TimerKey): boolean {
  if (a.dueAt !== b.dueAt) return a.dueAt < b.dueAt;
  return a.subject === b.subject ? a.id < b.id : a.subject < b.subject;
}
function isRankBefore(a: ReadyKey, b: ReadyKey): boolean {
  return compareRank(a, b) < 0;
}
