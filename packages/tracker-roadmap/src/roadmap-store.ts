import type { SignalboxError, TransitionOrder } from "@signalbox/contracts";
import type { TransitionPlan } from "./plan-transition.ts";
import type { Roadmap } from "./read-roadmap.ts";

/** A roadmap as it was read at one moment. */
export interface Reading {
  /** Hash of all its bytes. */
  readonly hash: string;
  readonly roadmap: Roadmap;
  /** Why files that no feature was ever read of could not be read: what is not in the roadmap may stand in one of them. */
  readonly unreadable: readonly SignalboxError[];
}

/** Where a roadmap is kept: one file, or a folder of them. */
export interface RoadmapStore {
  readonly path: string;
  /** As messages call it. */
  readonly name: string;
  /** The roadmap as it stands, whole; what did not change is not read again. */
  load(): Promise<Reading>;
  /**
   * Carries the order out on the file in which the issue stands, under that file's lock. `afterwards` runs before the
   * lock is given back, where the file says the new state; it gets that file and the roadmap as it then is. Throws `tracker_status` where the issue is nowhere.
   */
  move(
    issueId: string,
    order: TransitionOrder,
    afterwards: (path: string, roadmap: Roadmap) => Promise<void>,
    signal: AbortSignal,
  ): Promise<TransitionPlan>;
}
