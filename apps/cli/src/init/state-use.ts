import type { StateKind } from "@signalbox/contracts";

/** A state that issues are in, or may be in. */
export interface FoundState {
  readonly name: string;
  /** What the tracker says of it. */
  readonly kind: StateKind | null;
}

/** What a workflow file says of states. */
export interface StateProposal {
  readonly active: readonly string[];
  readonly terminal: readonly string[];
  /** The active one of an issue whose agent works; `null`: none has a name that says so. */
  readonly running: string | null;
  /** One in which people look at the result; `null` as before. */
  readonly review: string | null;
  /** Those that are neither active nor terminal, and those whose names say nothing. */
  readonly others: readonly string[];
}

type Use = "ready" | "running" | "terminal" | "review" | "other";

/** Names by custom, where the tracker knows no more than the name. In lower case, words joined by dashes. */
const customs: Readonly<Record<Exclude<Use, "other">, ReadonlySet<string>>> = {
  ready: new Set(
    "planned todo to-do ready open next up-next accepted approved scheduled selected".split(" "),
  ),
  running: new Set(
    "in-progress doing wip started in-development in-work ongoing active underway".split(" "),
  ),
  terminal: new Set(
    (
      "done complete completed finished shipped released merged closed resolved implemented delivered landed " +
      "canceled cancelled rejected declined abandoned wontfix won-t-fix duplicate archived superseded dropped obsolete"
    ).split(" "),
  ),
  review: new Set("review in-review needs-review needs-human testing in-testing qa".split(" ")),
};
/** Not begun and not to be begun either, whatever the tracker's kind of it. */
const waiting = new Set(
  "backlog blocked idea ideas draft icebox on-hold paused deferred".split(" "),
);

/**
 * Which of the states found agents may work on, and which are over. `known`: states of the tracker that go without
 * saying, in their order, the one of work under way last.
 */
export function proposeStates(
  found: readonly FoundState[],
  known: { readonly active: readonly string[]; readonly terminal: readonly string[] },
): StateProposal {
  const states = unique([
    ...known.active.map((name) => ({ name, kind: null })),
    ...known.terminal.map((name) => ({ name, kind: null })),
    ...found,
  ]);
  const named = (use: Use): readonly string[] =>
    states.filter((state) => useOf(state) === use).map(({ name }) => name);
  const running = named("running");
  const wasFound = new Set(found.map(({ name }) => folded(name)));
  return {
    active: [...named("ready"), ...running],
    terminal: named("terminal"),
    running: running.find((name) => wasFound.has(folded(name))) ?? running[0] ?? null,
    review: named("review")[0] ?? null,
    others: [...named("review"), ...named("other")],
  };
}

function useOf({ name, kind }: FoundState): Use {
  const word = folded(name);
  if (kind === "completed" || kind === "canceled" || customs.terminal.has(word)) return "terminal";
  if (customs.review.has(word)) return "review";
  if (waiting.has(word)) return "other";
  if (customs.running.has(word)) return "running";
  if (customs.ready.has(word) || kind === "unstarted") return "ready";
  return kind === "started" ? "running" : "other";
}

/** The first spelling of each. */
function unique(states: readonly FoundState[]): readonly FoundState[] {
  const first = new Map<string, FoundState>();
  for (const state of states) {
    const word = folded(state.name);
    if (!first.has(word)) first.set(word, state);
  }
  return [...first.values()];
}

function folded(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "");
}
