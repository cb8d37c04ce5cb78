import type { RunningClaim } from "../claim.ts";
import type { PoolGate } from "../gate.ts";
import type { OrchestratorState } from "../state.ts";
import type { Decision } from "./decision.ts";

/** Between the first run after a closure and the next one: long enough to see whether that one is served. */
const firstPauseMs = 60_000;
/** A pause that is shorter than this holds nobody back any more. */
const leastPauseMs = 2_000;

export type PoolClosure = Pick<PoolGate, "pool" | "because" | "message"> & {
  readonly until: number;
};

/** A run was turned away by whoever pays for it: so would be the next of its backend, and of no other. */
export function closePool(decision: Decision, claim: RunningClaim, closure: PoolClosure): void {
  const { draft } = decision;
  if (claim.backend !== draft.policy.backend) return;
  const until = Math.max(closure.until, poolGate(draft)?.until ?? 0);
  changePool(decision, { gate: "pool-closed", ...closure, until, pauseMs: firstPauseMs });
}

/** A run was claimed: after a closure they come one by one, faster and faster. */
export function admitToPool(decision: Decision): void {
  const gate = poolGate(decision.draft);
  if (gate === null) return;
  const { pauseMs } = gate;
  const isOver = pauseMs < leastPauseMs;
  const next = { ...gate, until: decision.at + pauseMs, pauseMs: pauseMs / 2 };
  changePool(decision, isOver ? null : next);
}

/** The wait is over: the next run may go. */
export function poolDue(decision: Decision): void {
  const until = poolGate(decision.draft)?.until ?? null;
  if (until !== null && until <= decision.at) tryPool(decision);
}

/** Somebody may have mended it: the next run finds out. */
export function tryPool(decision: Decision): void {
  const gate = poolGate(decision.draft);
  if (gate !== null && gate.until !== null) changePool(decision, { ...gate, until: null });
}

/** Another backend is paid for by somebody else. */
export function openPool(decision: Decision): void {
  if (poolGate(decision.draft) !== null) changePool(decision, null);
}

function poolGate({ gates }: Pick<OrchestratorState, "gates">): PoolGate | null {
  const gate = gates["pool-closed"];
  return gate?.gate === "pool-closed" ? gate : null;
}

function changePool(decision: Decision, closed: PoolGate | null): void {
  decision.emit({ type: "gate-changed", gate: "pool-closed", closed });
}
