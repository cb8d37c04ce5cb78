import { commentOrder, marked } from "./comments.ts";
import { isInState } from "./folded.ts";
import type { TrackerTrial } from "./tracker-trial.ts";

/** A write that the adapter has, and whose traces the world shows. */
export interface TriedWrite {
  readonly name: string;
  readonly make: (id: string, signal: AbortSignal) => Promise<unknown>;
  /** How often the tracker itself says that it was made. */
  readonly timesMade: (id: string) => Promise<number>;
}

/** Transitions, and comments where the world tells of them. */
export function writesOf(trial: TrackerTrial): readonly TriedWrite[] {
  const { tracker, world, bed } = trial;
  const { working } = bed.states;
  const transition = tracker.transition?.bind(tracker);
  const ensureComment = tracker.ensureComment?.bind(tracker);
  const writes: TriedWrite[] = [];
  if (transition !== undefined) {
    const order = { from: null, to: working, key: "conformance-write" };
    writes.push({
      name: "transition",
      make: async (id, signal) => transition(id, order, signal),
      timesMade: async (id) => (isInState({ state: await world.stateOf(id) }, working) ? 1 : 0),
    });
  }
  if (ensureComment !== undefined && world.comments !== undefined) {
    const order = commentOrder("write", "written");
    writes.push({
      name: "ensureComment",
      make: async (id, signal) => ensureComment(id, order, signal),
      timesMade: async (id) => (await marked(trial, id)).length,
    });
  }
  return writes;
}
