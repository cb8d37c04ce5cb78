import type { Issue } from "@signalbox/contracts";

/** State names compare trimmed and lower-cased. */
export function isInState({ state }: Pick<Issue, "state">, wanted: string): boolean {
  return fold(state) === fold(wanted);
}

export function fold(state: string): string {
  return state.trim().toLowerCase();
}

export function idsOf(issues: readonly Issue[]): readonly string[] {
  return issues.map(({ id }) => id);
}

/** Whether both have the same ids, in whatever order. */
export function sameIds(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify(one.toSorted()) === JSON.stringify(other.toSorted());
}
