import { normalizeState } from "../issue/normalize-state.ts";
import type { Reason } from "../reason.ts";
import type { OrchestratorState, ReadyKey } from "../state.ts";
import { getOpenings, globalReasons, stateCapReason, stateRoom } from "./concurrency.ts";
import { type EligibilitySubject, localReasons } from "./eligibility.ts";
import { compareRank } from "./ordering.ts";

/**
 * Every reason that keeps this issue from running at `at`, capacity and rank included. Without any reason it is
 * dispatched by the next tick. An issue that runs is held back by its run alone.
 */
export function explainEligibility(
  issue: EligibilitySubject,
  state: OrchestratorState,
  at: number,
): readonly Reason[] {
  const tracked: readonly Reason[] = state.issues.has(issue.id) ? [] : [{ code: "not-tracked" }];
  const local = [...tracked, ...localReasons(issue, state)];
  if (state.claims.get(issue.id)?.phase === "running") return local;
  const cap = stateCapReason(state, issue.state);
  const reasons = [...local, ...globalReasons(state, at), ...(cap === null ? [] : [cap])];
  const rank = local.length === 0 ? outrankedReason(issue, state) : null;
  return rank === null ? reasons : [...reasons, rank];
}

/** `null` where a free slot is left after every better-ranked issue that can take one. */
function outrankedReason(issue: EligibilitySubject, state: OrchestratorState): Reason | null {
  let best: ReadyKey | null = null;
  let ahead = 0;
  let stateIsTaken = false;
  for (const [name, queue] of state.index.ready.entries()) {
    const room = stateRoom(state, name);
    let better = 0;
    for (const other of queue.keys()) {
      if (better >= room || compareRank(other, issue) >= 0) break;
      if (other.id === issue.id) continue;
      if (best === null || compareRank(other, best) < 0) best = other;
      better += 1;
    }
    if (better >= room && name === normalizeState(issue.state)) stateIsTaken = true;
    ahead += better;
  }
  if (best === null || (ahead < getOpenings(state) && !stateIsTaken)) return null;
  return { code: "outranked", by: best.identifier, ahead };
}
