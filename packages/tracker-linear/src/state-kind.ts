import type { StateKind } from "@signalbox/contracts";

/** By the type of the workflow state; `null` for a type that is not known yet. */
export function stateKindOf(type: string | null): StateKind | null {
  switch (type) {
    case "triage":
    case "backlog":
    case "unstarted":
      return "unstarted";
    case "started":
    case "completed":
    case "canceled":
      return type;
    case "duplicate":
      return "canceled";
    case null:
    default:
      return null;
  }
}
