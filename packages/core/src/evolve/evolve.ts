import type { DecidedEvent } from "../decided-event.ts";
import type { OrchestratorState } from "../state.ts";
import { Draft } from "./draft.ts";
import { fold } from "./fold.ts";

/** The state after one decided fact. */
export function evolve(state: OrchestratorState, decided: DecidedEvent): OrchestratorState {
  const draft = new Draft(state);
  fold(draft, decided);
  return draft.close();
}
