import type { OrchestratorState } from "@signalbox/core";
import { statusOf } from "@signalbox/views";

const maxNames = 5;

/** `2 runs (a, b) and 1 delivery (c)`, or `nothing is under way`. */
export function waitedFor(state: OrchestratorState): string {
  const { running, delivering } = statusOf(state, state.at);
  const parts = [
    counted(
      running.map((row) => row.identifier),
      "run",
      "runs",
    ),
    counted(
      delivering.map((row) => row.identifier),
      "delivery",
      "deliveries",
    ),
  ].filter((part) => part !== null);
  return parts.length === 0 ? "nothing is under way" : `waiting for ${parts.join(" and ")}`;
}

function counted(names: readonly string[], one: string, many: string): string | null {
  if (names.length === 0) return null;
  const shown = names.slice(0, maxNames).join(", ");
  const more = names.length > maxNames ? ", …" : "";
  return `${names.length} ${names.length === 1 ? one : many} (${shown}${more})`;
}
