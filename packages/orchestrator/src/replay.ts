import {
  SignalboxError,
  type Journal,
  type JournalEntry,
  type JournalErrorCode,
  type JournalSnapshot,
} from "@signalbox/contracts";
import {
  createEmptyState,
  evolveAll,
  factsFrom,
  factsVersion,
  restoreState,
  snapshotVersion,
  type DecidedEvent,
  type OrchestratorState,
} from "@signalbox/core";

/** A state, and the entry that it is the state after. */
export interface Replayed {
  readonly state: OrchestratorState;
  /** Sequence number of the last entry that is folded in; 0: none. */
  readonly version: number;
  /** Of the snapshot that it began with; 0: with nothing. */
  readonly snapshotSeq: number;
}

/** One entry, and what it led to. */
export interface ReplayStep {
  readonly entry: JournalEntry;
  readonly decided: readonly DecidedEvent[];
  readonly state: OrchestratorState;
}

/**
 * Rebuilds the state from snapshot and tail, up to and with the entry `upTo` (default: the last). Only facts are
 * folded; nothing is decided again, so the past stays what it was whatever version of the core reads it. Needs no
 * ownership of the journal. Rejects with what `Journal.read` rejects with, and with `journal_format` for what a newer
 * version wrote.
 */
export async function replay(journal: Journal, upTo?: number): Promise<Replayed> {
  const base = await loadBase(journal, upTo);
  let { state, version } = base;
  for await (const step of replaySteps(journal, base, upTo)) {
    ({ state } = step);
    version = step.entry.seq;
  }
  return { state, version, snapshotSeq: base.version };
}

/**
 * The state as it was at `at` (epoch milliseconds): after the last entry that is not later. Rejects with
 * `journal_compacted` for a time that is not kept any more, and with `journal_no_past` for one before the first entry.
 */
export async function replayAt(journal: Journal, at: number): Promise<Replayed> {
  const upTo = await lastSeqAt(journal, at);
  const replayed = await replay(journal, upTo);
  if (replayed.version > 0) return replayed;
  throw new SignalboxError(
    "journal_no_past",
    `the journal has nothing from before ${new Date(at).toISOString()}`,
    { remedy: "Ask for a later time: `signalbox journal stats` says when it begins." },
  );
}

/** Folds the entries after `base` one by one, up to and with `upTo` (default: the last). */
export async function* replaySteps(
  journal: Journal,
  base: Pick<Replayed, "state" | "version">,
  upTo: number = Number.MAX_SAFE_INTEGER,
): AsyncIterable<ReplayStep> {
  let { state } = base;
  if (base.version >= upTo) return;
  for await (const entry of journal.read(base.version)) {
    const decided = decidedIn(entry);
    state = evolveAll(state, decided);
    yield { entry, decided, state };
    if (entry.seq >= upTo) return;
  }
}

/** The state that the newest snapshot holds which contains no entry after `upTo`; without one, the empty state. */
export async function loadBase(journal: Journal, upTo?: number): Promise<Replayed> {
  const snapshot = await journal.loadSnapshot(upTo);
  // A journal that keeps the newest snapshot alone cannot give another.
  if (snapshot === null || snapshot.seq > (upTo ?? snapshot.seq)) {
    return { state: createEmptyState(), version: 0, snapshotSeq: 0 };
  }
  const { seq } = snapshot;
  return { state: stateOf(snapshot), version: seq, snapshotSeq: seq };
}

/** The facts of one entry. Entries of a newer version are refused: folding half of them would be a guess. */
export function decidedIn(entry: JournalEntry): readonly DecidedEvent[] {
  const { data, v, at, seq, type } = entry;
  const kept =
    typeof data === "object" && data !== null && "decided" in data ? data["decided"] : null;
  const decided = factsFrom(kept, v, at);
  if (decided !== null) return decided;
  throw formatError(`journal entry ${seq} (${type}, version ${v})`, v > factsVersion);
}

function stateOf({ seq, v, data }: JournalSnapshot): OrchestratorState {
  try {
    return restoreState(data);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw formatError(
      `the snapshot after journal entry ${seq} (version ${v})`,
      v > snapshotVersion,
    );
  }
}

async function lastSeqAt(journal: Journal, at: number): Promise<number> {
  if (journal.lastSeqAt !== undefined) return journal.lastSeqAt(at);
  let last = 0;
  for await (const entry of journal.read(0)) if (entry.at <= at) last = entry.seq;
  return last;
}

function formatError(what: string, isNewer: boolean): SignalboxError {
  return new SignalboxError<JournalErrorCode>(
    "journal_format",
    `${what} is not one that this version can read`,
    {
      remedy: isNewer
        ? "Run the version of signalbox that wrote it, or a newer one."
        : "`signalbox journal verify` says what is damaged.",
    },
  );
}
