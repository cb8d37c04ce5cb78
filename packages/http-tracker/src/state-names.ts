import type { StateKind } from "@signalbox/contracts";

/** State names compare trimmed and lower-cased. */
export function foldState(name: string): string {
  return name.trim().toLowerCase();
}

export function isSameState(one: string, other: string): boolean {
  return foldState(one) === foldState(other);
}

/** The state of an open issue that has no status: no label, or an empty field. */
export const noStatus = "no-status";

/** Of several status labels the first of these counts: a swap that was cut short has gone forward. */
export const defaultStateOrder: readonly string[] = [
  "needs-human",
  "in-review",
  "in-progress",
  "todo",
  "backlog",
];

const kinds: ReadonlyMap<string, StateKind> = new Map<string, StateKind>([
  ...namesOf("unstarted", "open no-status triage backlog todo to-do ready planned next blocked"),
  ...namesOf("started", "in-progress doing started in-review review needs-human in-testing"),
  ...namesOf("completed", "done completed complete closed released shipped"),
  ...namesOf("canceled", "canceled cancelled wontfix wont-fix not-planned duplicate moved dropped"),
]);

/** What a state's name means by custom; `null` where custom says nothing. */
export function kindOf(name: string): StateKind | null {
  return kinds.get(foldState(name).replaceAll(/[\s_]+/g, "-")) ?? null;
}

export function isTerminal(kind: StateKind | null): boolean {
  return kind === "completed" || kind === "canceled";
}

function namesOf(kind: StateKind, names: string): readonly [string, StateKind][] {
  return names.split(" ").map((name) => [name, kind]);
}
