import type { DecidedEvent } from "../decided-event.ts";
import type { OrchestratorState } from "../state.ts";
import { Draft } from "./draft.ts";
import { fold } from "./fold.ts";

/** The state after one decided fact. */
export function evolve(state: OrchestratorState, decided: DecidedEvent): OrchestratorState {
  return evolveAll(state, [decided]);
}

/** The state after these facts, in order: quicker than one after the other. */
export function evolveAll(
  state: OrchestratorState,
  decided: readonly DecidedEvent[],
): OrchestratorState {
  const draft = new Draft(state);
  for (const fact of decided) fold(draft, fact);
  return draft.close();
}
