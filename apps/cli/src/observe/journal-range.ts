import type { SqliteJournal } from "@signalbox/journal-sqlite";
import type { Point } from "./moment.ts";

/** The entry before the first one at `from`; where nothing is asked for, before the first that is kept. */
export async function seqBefore(journal: SqliteJournal, from: Point | null): Promise<number> {
  if (from === null) return (await journal.stats()).compacted;
  return from.kind === "entry"
    ? Math.max(0, from.seq - 1)
    : Math.max(await journal.lastSeqAt(from.at - 1), (await journal.stats()).compacted);
}

/** The last entry that is not after `to`; where nothing is asked for, there is none. */
export async function pastEnd(journal: SqliteJournal, to: Point | null): Promise<number> {
  if (to === null) return Number.MAX_SAFE_INTEGER;
  return to.kind === "entry" ? to.seq : journal.lastSeqAt(to.at);
}
