import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import {
  SignalboxError,
  type JournalEntry,
  type JournalErrorCode,
  type JournalOwner,
  type JournalSnapshot,
  type JsonValue,
} from "@signalbox/contracts";

/** One row as SQLite gives it. */
export type Row = Record<string, SQLOutputValue>;

/** Up to `limit` rows after `after`; each is to be checked by `toEntry`. */
export function readPage(database: DatabaseSync, after: number, limit: number): readonly Row[] {
  return database
    .prepare("SELECT seq, epoch, at, type, v, data FROM entries WHERE seq > ? ORDER BY seq LIMIT ?")
    .all(after, limit);
}

/** The entry that must stand at `seq`; throws `journal_damaged` where it does not. */
export function toEntry(row: Row, seq: number, path: string): JournalEntry {
  const epoch = integer(row, "epoch");
  const at = integer(row, "at");
  const v = integer(row, "v");
  const data = json(row);
  if (row["seq"] === seq && epoch !== null && at !== null && v !== null && data !== undefined) {
    return { seq, epoch, at, v, type: String(row["type"]), data };
  }
  throw new SignalboxError<JournalErrorCode>(
    "journal_damaged",
    `The journal ${path} is damaged at entry ${seq}; the entries before it are intact.`,
    { remedy: "Put back a copy of the file, or move it away to start anew." },
  );
}

/** The newest snapshot that is intact; without one, a reader starts at the first entry. */
export function readSnapshot(database: DatabaseSync): JournalSnapshot | null {
  const rows = database.prepare("SELECT seq, v, data FROM snapshots ORDER BY seq DESC").all();
  for (const row of rows) {
    const data = json(row);
    const seq = integer(row, "seq");
    const v = integer(row, "v");
    if (data !== undefined && seq !== null && v !== null) return { seq, v, data };
  }
  return null;
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
function json(row: Row): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(String(row["data"]));
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
