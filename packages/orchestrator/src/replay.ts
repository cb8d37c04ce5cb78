import { SignalboxError, type Journal, type JournalEntry } from "@signalbox/contracts";
import {
  createEmptyState,
  evolve,
  restoreState,
  type DecidedEvent,
  type OrchestratorState,
} from "@signalbox/core";

/**
 * Rebuilds the state from snapshot and tail. Only facts are folded; nothing is decided again, so the past stays what
 * it was whatever version of the core reads it. Needs no ownership of the journal.
 */
export async function replay(
  journal: Journal,
): Promise<{ readonly state: OrchestratorState; readonly version: number }> {
  const snapshot = await journal.loadSnapshot();
  let state = snapshot === null ? createEmptyState() : restoreState(snapshot.data);
  let version = snapshot?.seq ?? 0;
  for await (const entry of journal.read(version)) {
    for (const decided of decidedIn(entry)) state = evolve(state, decided);
    version = entry.seq;
  }
  return { state, version };
}

/** The facts of one entry. Entries of a newer version are refused: folding half of them would be a guess. */
export function decidedIn(entry: JournalEntry): readonly DecidedEvent[] {
  const { data } = entry;
  const decided =
    typeof data === "object" && data !== null && "decided" in data ? data["decided"] : undefined;
  if (entry.v !== 1 || !Array.isArray(decided)) {
    throw new SignalboxError(
      "journal_format",
      `journal entry ${entry.seq} (${entry.type}, version ${entry.v}) is not one that this version can read`,
      { remedy: "Run the version of signalbox that wrote it, or a newer one." },
    );
  }
  return decided;
}
