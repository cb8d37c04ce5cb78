import type { EventOf } from "../event.ts";
import type { Gate } from "../gate.ts";
import type { Policy } from "../policy/policy.ts";
import { canonicalText } from "../snapshot/canonical-text.ts";
import type { Decision } from "./decision.ts";
import { enforceFitness } from "./enforce-fitness.ts";
import { listenAnew } from "./listen-anew.ts";
import { doubtOrder, orderCleaning } from "./place-orders.ts";
import { openPool, tryPool } from "./pool-gate.ts";

/**
 * A daemon's own troubles end with it; a pause is an operator's word, a recovery has to be finished, and a quota is used
 * up whoever asks.
 */
export function onDaemonStarted(decision: Decision, event: EventOf<"daemon-started">): void {
  decision.emit({ type: "epoch-begun", epoch: event.epoch });
  for (const gate of Object.values(decision.draft.gates)) {
    if (gate.gate === "pool-closed") {
      if (gate.because !== "quota") tryPool(decision);
    } else if (gate.gate !== "paused" && gate.gate !== "recovering") {
      decision.emit({ type: "gate-changed", gate: gate.gate, closed: null });
    }
  }
  if (!isSame(decision.draft.policy, event.policy)) changePolicy(decision, event.policy);
  // Until they are adopted, nobody hears them.
  for (const [issueId, claim] of Array.from(decision.draft.claims.entries()))
    if (claim.phase === "running") listenAnew(decision, issueId, claim);
  // What the last daemon had sent may still arrive.
  for (const order of Array.from(decision.draft.orders.values()))
    if (order.kind !== "clean-workspace" && order.retryAt === null) doubtOrder(decision, order);
  enforcePolicy(decision);
}

export function onPolicyReplaced(decision: Decision, event: EventOf<"policy-replaced">): void {
  if (isSame(decision.draft.policy, event.policy)) return;
  changePolicy(decision, event.policy);
  enforcePolicy(decision);
}

export function onGateClosed(decision: Decision, { gate }: EventOf<"gate-closed">): void {
  const known = decision.draft.gates[gate.gate];
  if (known === undefined || !isSameGate(known, gate))
    decision.emit({ type: "gate-changed", gate: gate.gate, closed: gate });
}

export function onGateOpened(decision: Decision, { gate }: EventOf<"gate-opened">): void {
  if (gate === "pool-closed") tryPool(decision);
  else if (decision.draft.gates[gate] !== undefined)
    decision.emit({ type: "gate-changed", gate, closed: null });
}

function changePolicy(decision: Decision, policy: Policy): void {
  const { backend } = decision.draft.policy;
  decision.emit({ type: "policy-changed", policy });
  if (policy.backend !== backend) openPool(decision);
}

function enforcePolicy(decision: Decision): void {
  const { draft } = decision;
  for (const issueId of Array.from(draft.claims.keys())) enforceFitness(decision, issueId);
  for (const issueId of Array.from(draft.workspaces.keys())) orderCleaning(decision, issueId);
}

/** Free memory differs at every look: while the gate is closed, what it was closed with stands. */
function isSameGate(a: Gate, b: Gate): boolean {
  if (a.gate === "memory-low" && b.gate === "memory-low") return a.reserveMb === b.reserveMb;
  return isSame(a, b);
}

function isSame(a: Policy | Gate, b: Policy | Gate): boolean {
  return canonicalText(a) === canonicalText(b);
}
