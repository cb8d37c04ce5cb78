import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import {
  SignalboxError,
  type JournalEntry,
  type JournalErrorCode,
  type JournalOwner,
  type JsonValue,
} from "@signalbox/contracts";
import { entrySum } from "./entry-sum.ts";

/** One row as SQLite gives it. */
export type Row = Record<string, SQLOutputValue>;

/** Up to `limit` rows after `after`; each is to be checked by `toEntry`. */
export function readPage(database: DatabaseSync, after: number, limit: number): readonly Row[] {
  return database
    .prepare(
      "SELECT seq, epoch, at, type, v, data, sum FROM entries WHERE seq > ? ORDER BY seq LIMIT ?",
    )
    .all(after, limit);
}

/** The entry that must stand at `seq`; throws `journal_damaged` where it does not, or is not as it was written. */
export function toEntry(row: Row, seq: number, path: string): JournalEntry {
  const epoch = integer(row, "epoch");
  const at = integer(row, "at");
  const v = integer(row, "v");
  const text = String(row["data"]);
  const type = String(row["type"]);
  if (row["seq"] === seq && epoch !== null && at !== null && v !== null) {
    const data = parsed(text);
    const isAsWritten = row["sum"] === entrySum({ seq, epoch, at, type, v, data: text });
    if (isAsWritten && data !== undefined) return { seq, epoch, at, v, type, data };
  }
  throw new SignalboxError<JournalErrorCode>(
    "journal_damaged",
    `The journal ${path} is damaged at entry ${seq}; the entries before it are intact.`,
    { remedy: "Put back a copy of the file, or move it away to start anew." },
  );
}

/** Up to where entries were compacted away; 0: all are there. */
export function readCompacted(database: DatabaseSync): number {
  return integer(database.prepare("SELECT compacted FROM meta").get(), "compacted") ?? 0;
}

/** Gives `version`: the sequence number of the last entry, also where only its snapshot is left. */
export const versionQuery =
  "SELECT max(compacted, ifnull((SELECT max(seq) FROM entries), 0)) AS version FROM meta";

export function readVersion(database: DatabaseSync): number {
  return integer(database.prepare(versionQuery).get(), "version") ?? 0;
}

/** Throws `journal_compacted` where an entry after `after` was compacted away. */
export function refuseCompacted(database: DatabaseSync, after: number, path: string): void {
  const compacted = readCompacted(database);
  if (after >= compacted) return;
  const at = integer(
    database.prepare("SELECT at FROM snapshots WHERE seq = ?").get(compacted),
    "at",
  );
  const since = at === null ? "" : `, from ${new Date(at).toISOString()} on`;
  throw new SignalboxError<JournalErrorCode>(
    "journal_compacted",
    `The journal ${path} keeps what came after entry ${compacted}${since}; the entries before that were compacted away.`,
    { remedy: "Ask for a later time. retention.journal_days says how long entries are kept." },
  );
}

/** See `Journal.lastSeqAt`. */
export function readLastSeqAt(database: DatabaseSync, at: number): number {
  const entry = database
    .prepare("SELECT seq FROM entries WHERE at <= ? AND seq > ? ORDER BY seq DESC LIMIT 1")
    .get(at, readCompacted(database));
  const snapshot = database.prepare("SELECT max(seq) AS seq FROM snapshots WHERE at <= ?").get(at);
  return Math.max(integer(entry, "seq") ?? 0, integer(snapshot, "seq") ?? 0);
}

/** The last owner that did not give the journal back. */
export function readOwner(database: DatabaseSync): JournalOwner | null {
  const row = database.prepare("SELECT pid, host, since FROM owner").get();
  const pid = integer(row, "pid");
  const host = row?.["host"];
  const since = integer(row, "since");
  return pid === null || typeof host !== "string" || since === null ? null : { pid, host, since };
}

export function integer(row: Row | undefined, column: string): number | null {
  const value = row?.[column];
  return typeof value === "number" ? value : null;
}

/** `undefined`: not JSON. */
export function parsed(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
