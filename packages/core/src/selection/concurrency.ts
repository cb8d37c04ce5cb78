import { normalizeState } from "../issue/normalize-state.ts";
import { dayBudgetReason } from "../policy/budget.ts";
import type { Reason } from "../reason.ts";
import type { OrchestratorState, ReadyKey } from "../state.ts";
import { type EligibilitySubject, isEligible } from "./eligibility.ts";
import { compareRank } from "./ordering.ts";

/** Slots that no live run takes; runs that are being stopped still take theirs. */
export function getAvailableSlots(state: OrchestratorState): number {
  return Math.max(0, state.policy.maxConcurrentAgents - takenSlots(state));
}

/**
 * A run whose agent is gone takes no slot any more while its workspace is looked at. There can be as many of those as
 * there are slots; what goes beyond takes a slot again, so that slow endings cannot pile up.
 */
export function takenSlots({ index, policy }: OrchestratorState): number {
  return index.running - Math.min(index.finishing, policy.maxConcurrentAgents);
}

/** Whether a tick at `state.at` could dispatch this issue, its rank left aside. */
export function canDispatch(state: OrchestratorState, issue: EligibilitySubject): boolean {
  return (
    isEligible(issue, state) &&
    globalReasons(state, state.at).length === 0 &&
    stateCapReason(state, issue.state) === null
  );
}

/** What holds every issue back: closed gates, the day's budget, no free slot. */
export function globalReasons(state: OrchestratorState, at: number): readonly Reason[] {
  const pool = poolReason(state, at);
  const held = holdReasons(state, at);
  const reasons = pool === null ? held : [...held, pool];
  if (getAvailableSlots(state) > 0) return reasons;
  return [
    ...reasons,
    { code: "no-slot", running: takenSlots(state), max: state.policy.maxConcurrentAgents },
  ];
}

/** A closed pool holds back who is next, and not the run that it has just let through. */
function poolReason({ gates }: OrchestratorState, at: number): Reason | null {
  const gate = gates["pool-closed"];
  if (gate?.gate !== "pool-closed" || gate.until === null || gate.until <= at) return null;
  return { code: "gate", gate };
}

/** How many runs the next tick can start, as far as slots and the pool go. */
export function getOpenings(state: OrchestratorState): number {
  const slots = getAvailableSlots(state);
  return state.gates["pool-closed"] === undefined ? slots : Math.min(slots, 1);
}

/** The global reasons that hold back a run which has its slot already, too. */
export function holdReasons(state: OrchestratorState, at: number): readonly Reason[] {
  const reasons: Reason[] = [];
  for (const gate of Object.values(state.gates))
    if (gate.gate !== "pool-closed") reasons.push({ code: "gate", gate });
  const dayBudget = dayBudgetReason(state, at);
  if (dayBudget !== null) reasons.push(dayBudget);
  return reasons;
}

/** The cap of the issue's state as a reason; `null` while another run fits below it. */
export function stateCapReason(state: OrchestratorState, stateName: string): Reason | null {
  const name = normalizeState(stateName);
  if (stateRoom(state, name) > 0) return null;
  return {
    code: "state-cap",
    state: name,
    running: runningIn(state, name),
    max: capOf(state, name),
  };
}

/** How many more runs the cap of a state (normalised) allows; below 0 where live runs came into it from elsewhere. */
export function stateRoom(state: OrchestratorState, name: string): number {
  return capOf(state, name) - runningIn(state, name);
}

/** The best ready issue whose state has room; looks at one issue per state. */
export function bestReady(state: OrchestratorState): ReadyKey | null {
  let best: ReadyKey | null = null;
  for (const [name, queue] of state.index.ready.entries()) {
    if (stateRoom(state, name) <= 0) continue;
    const first = queue.minKey();
    if (first !== undefined && (best === null || compareRank(first, best) < 0)) best = first;
  }
  return best;
}

/** The issues that are next when slots become free, best first, caps of states left out of account. */
export function upcomingIssues(state: OrchestratorState, count: number): readonly ReadyKey[] {
  const queues = [...state.index.ready.values()].map((queue) => queue.keys());
  const heads = queues.map((queue) => queue.next());
  const upcoming: ReadyKey[] = [];
  while (upcoming.length < count) {
    let best: number | null = null;
    let key: ReadyKey | null = null;
    for (const [index, head] of heads.entries()) {
      if (head.done === true) continue;
      if (key !== null && compareRank(head.value, key) >= 0) continue;
      best = index;
      key = head.value;
    }
    if (best === null || key === null) break;
    upcoming.push(key);
    heads[best] = queues[best]?.next() ?? { done: true, value: undefined };
  }
  return upcoming;
}

function runningIn(state: OrchestratorState, name: string): number {
  return state.index.runningByState.get(name) ?? 0;
}

function capOf({ policy }: OrchestratorState, name: string): number {
  const caps = policy.maxConcurrentAgentsByState;
  return Object.hasOwn(caps, name) ? (caps[name] ?? Infinity) : Infinity;
}
