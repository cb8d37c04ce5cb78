import type { JsonValue } from "@signalbox/contracts";
import type { DecidedEvent, DecidedEventType } from "../decided-event.ts";
import { isRecord } from "./canonical-text.ts";
import { recordToJson } from "./to-json.ts";

/** A fact as the journal keeps it: without its time, which is that of its entry. */
type KeptFact = Readonly<Record<string, unknown>>;

/** The n-th makes version n + 1 of what version n kept. Those that were published are never changed. */
const upcasters: readonly ((fact: KeptFact) => KeptFact)[] = [
  // Version 1 repeated the time in every fact.
  withoutTime,
  // Version 2 knew no orders about the mark of a claim; a reader of it must not pass over them.
  (fact) => fact,
];

/** Of the facts in the entries that this version writes; also the `v` of these entries. */
export const factsVersion: number = upcasters.length + 1;

/** Every fact that can be folded: one that is not known must never be passed over. */
const known: Readonly<Record<DecidedEventType, true>> = {
  "epoch-begun": true,
  "policy-changed": true,
  "gate-changed": true,
  "issue-changed": true,
  "issue-forgotten": true,
  "run-claimed": true,
  "run-confirmed": true,
  "run-phase-entered": true,
  "workspace-recorded": true,
  "session-recorded": true,
  "run-progress-recorded": true,
  "run-found-alive": true,
  "turn-answered": true,
  "run-stop-decided": true,
  "run-closed": true,
  "retry-scheduled": true,
  "retry-came-due": true,
  "issue-parked": true,
  "question-posted": true,
  "counters-set": true,
  "signal-heeded": true,
  "counters-reset": true,
  "delivery-decided": true,
  "delivery-postponed": true,
  "delivery-resumed": true,
  "issue-delivered": true,
  "delivered-issue-left": true,
  "issue-reopened": true,
  "claim-released": true,
  "order-placed": true,
  "order-postponed": true,
  "order-resumed": true,
  "order-doubted": true,
  "order-written": true,
  "order-closed": true,
  "workspace-forgotten": true,
};

/** Facts that were decided together, as the journal keeps them. */
export function factForm(decided: readonly DecidedEvent[]): JsonValue {
  return decided.map((fact) => recordToJson(fact, "at"));
}

/**
 * The facts of a journal entry of version `v` and time `at` (epoch milliseconds), brought to this version. `null`:
 * of a newer version, or not what `factForm` made.
 */
export function factsFrom(kept: unknown, v: number, at: number): readonly DecidedEvent[] | null {
  if (!Array.isArray(kept) || !Number.isInteger(v) || v < 1 || v > factsVersion) return null;
  const steps = upcasters.slice(v - 1);
  const facts: DecidedEvent[] = [];
  for (const part of kept) {
    if (!isRecord(part)) return null;
    const fact = { at, ...(steps.length === 0 ? part : upcastFact(part, steps)) };
    if (!isDecided(fact)) return null;
    facts.push(fact);
  }
  return facts;
}

function upcastFact(fact: KeptFact, steps: typeof upcasters): KeptFact {
  return steps.reduce((older, upcast) => upcast(older), fact);
}

function withoutTime(fact: object): KeptFact {
  return Object.fromEntries(Object.entries(fact).filter(([key]) => key !== "at"));
}

/** The type is checked; what else it holds is our own writing, under a version that is known. */
function isDecided(fact: KeptFact): fact is DecidedEvent & KeptFact {
  return typeof fact["type"] === "string" && Object.hasOwn(known, fact["type"]);
}
