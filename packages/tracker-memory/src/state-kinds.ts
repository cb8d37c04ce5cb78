import type { StateKind } from "@signalbox/contracts";

/** States that mean something here, whatever their issues say. */
export const knownStates: ReadonlyMap<string, StateKind> = new Map([
  ["todo", "unstarted"],
  ["in-progress", "started"],
  ["needs-human", "started"],
  ["done", "completed"],
  ["canceled", "canceled"],
]);

export function kindOf(state: string): StateKind | null {
  return knownStates.get(foldState(state)) ?? null;
}

/** State names compare trimmed and lower-cased. */
export function foldState(state: string): string {
  return state.trim().toLowerCase();
}
