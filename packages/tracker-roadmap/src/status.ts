import type { StateKind } from "@signalbox/contracts";

export interface Status {
  /** The leading state word in the file's own spelling, its parts joined by `-`. */
  readonly state: string;
  readonly kind: StateKind | null;
}

/** States that the format knows, with what they mean for the work. */
export const knownStates: ReadonlyMap<string, StateKind> = new Map([
  ["backlog", "unstarted"],
  ["planned", "unstarted"],
  ["blocked", "unstarted"],
  ["in-progress", "started"],
  ["needs-human", "started"],
  ["done", "completed"],
  ["archived", "canceled"],
  ["superseded", "canceled"],
  ["dropped", "canceled"],
  ["canceled", "canceled"],
  ["cancelled", "canceled"],
]);

/** No state is longer; it bounds what the patterns have to look at. */
const maxLength = 200;
const words = [...knownStates.keys()].map((state) => state.replace("-", "[-_ ]")).join("|");
const leadingWord = new RegExp(`^(${words})(?=$|[\\s,;:.(—–])`, "i");
const comment = /\s+(?:—|–|-|--)\s.*$|\s+\(.*$/;
/** As they are written most often. */
const plain: ReadonlyMap<string, Status> = new Map(
  [...knownStates].map(([state, kind]) => [state, { state, kind }]),
);
const empty = /^(?:[-—–]+|none|n\/a)$/i;

/**
 * The state that a `Status` value names: its leading known word, or else the whole value up to a comment behind a dash
 * or in parentheses. `null` where there is none.
 */
export function readStatus(value: string): Status | null {
  const known = plain.get(value);
  if (known !== undefined) return known;
  const text = value.trim().slice(0, maxLength);
  const word = leadingWord.exec(text)?.[1];
  if (word !== undefined) {
    const state = word.replace(/[_ ]/, "-");
    return { state, kind: knownStates.get(state.toLowerCase()) ?? null };
  }
  const state = text.replace(comment, "").trim();
  return state === "" || empty.test(state) ? null : { state, kind: null };
}

/** State names compare trimmed and lower-cased. */
export function foldState(name: string): string {
  return name.trim().toLowerCase();
}

export function isSameState(one: string, other: string): boolean {
  return foldState(one) === foldState(other);
}
