import type { FactOf } from "../decided-event.ts";
import type { Gate, GateName } from "../gate.ts";
import type { Draft } from "./draft.ts";
import { rebuildIndex } from "./rebuild-index.ts";

export function foldSetting(
  draft: Draft,
  fact: FactOf<"epoch-begun" | "policy-changed" | "gate-changed">,
): void {
  switch (fact.type) {
    case "epoch-begun":
      draft.epoch = fact.epoch;
      return;
    case "policy-changed":
      draft.policy = fact.policy;
      rebuildIndex(draft);
      return;
    case "gate-changed":
      draft.gates = withGate(draft.gates, fact.gate, fact.closed);
  }
}

function withGate(
  gates: Readonly<Partial<Record<GateName, Gate>>>,
  name: GateName,
  closed: Gate | null,
): Readonly<Partial<Record<GateName, Gate>>> {
  const others = Object.entries(gates).filter(([gate]) => gate !== name);
  return Object.fromEntries(closed === null ? others : [...others, [name, closed]]);
}
