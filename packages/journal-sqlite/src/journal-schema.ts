import type { DatabaseSync } from "node:sqlite";
import { SignalboxError, type JournalErrorCode } from "@signalbox/contracts";
import { entrySum } from "./entry-sum.ts";
import { transact } from "./transact.ts";

/** "SBXJ": marks the file as one of ours in SQLite's header. */
const applicationId = 0x53_42_58_4a;

/** What `PRAGMA auto_vacuum` says of a file that can shrink in steps. */
const incremental = 2;

/** The n-th script makes format n out of format n - 1. Scripts that were published are never changed. */
const migrations: readonly string[] = [
  `CREATE TABLE meta (scope TEXT NOT NULL) STRICT;
   CREATE TABLE owner (epoch INTEGER NOT NULL, pid INTEGER, host TEXT, since INTEGER) STRICT;
   INSERT INTO owner (epoch) VALUES (0);
   CREATE TABLE entries (
     seq INTEGER PRIMARY KEY,
     epoch INTEGER NOT NULL,
     at INTEGER NOT NULL,
     type TEXT NOT NULL,
     v INTEGER NOT NULL,
     data TEXT NOT NULL
   ) STRICT;
   CREATE TABLE batches (
     id INTEGER PRIMARY KEY,
     key TEXT NOT NULL UNIQUE,
     version INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE snapshots (seq INTEGER PRIMARY KEY, v INTEGER NOT NULL, data TEXT NOT NULL) STRICT;`,
  // Checksums; snapshots in parts; how far it was compacted. A snapshot follows from the entries, so old ones go.
  `ALTER TABLE meta ADD COLUMN compacted INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE entries ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
   UPDATE entries SET sum = entry_sum(seq, epoch, at, type, v, data);
   DROP TABLE snapshots;
   CREATE TABLE snapshots (
     seq INTEGER PRIMARY KEY,
     v INTEGER NOT NULL,
     at INTEGER NOT NULL,
     is_list INTEGER NOT NULL,
     sum INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE snapshot_parts (
     seq INTEGER NOT NULL,
     part INTEGER NOT NULL,
     data TEXT NOT NULL,
     PRIMARY KEY (seq, part)
   ) STRICT;`,
];

/** The format that this version writes. */
const journalFormat: number = migrations.length;

/** Whether the file has this version's format. Refuses what is no journal, or one of a newer version. */
export function isCurrent(database: DatabaseSync, path: string): boolean {
  return readFormat(database, path) === journalFormat;
}

/**
 * Makes the connection durable, and brings the file to this version's format; a new file becomes an empty journal
 * of `scope`. A crash leaves the old format or the new one.
 */
export function migrateJournal(database: DatabaseSync, path: string, scope: string): void {
  // Read before anything is changed: this may be somebody else's database.
  const found = readFormat(database, path);
  if (found < journalFormat) giveBackSpace(database, found);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  if (readFormat(database, path) === journalFormat) return;
  database.function("entry_sum", { deterministic: true }, (seq, epoch, at, type, v, data) =>
    entrySum({
      seq: Number(seq),
      epoch: Number(epoch),
      at: Number(at),
      type: String(type),
      v: Number(v),
      data: String(data),
    }),
  );
  transact(database, () => {
    const format = readFormat(database, path);
    for (const script of migrations.slice(format)) database.exec(script);
    if (format === 0) database.prepare("INSERT INTO meta (scope) VALUES (?)").run(scope);
    database.exec(
      `PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${journalFormat}`,
    );
  });
  // From here on, no damage to the write-ahead log can take the tables away.
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** Lets the file shrink in small steps. SQLite can only be told so before the first table, or by writing it anew. */
function giveBackSpace(database: DatabaseSync, format: number): void {
  if (pragma(database, "auto_vacuum") === incremental) return;
  database.exec("PRAGMA auto_vacuum = INCREMENTAL");
  if (format > 0) database.exec("VACUUM");
}

/** Refuses a file that this version cannot work on as it is. */
export function checkJournal(database: DatabaseSync, path: string, scope: string): void {
  const format = readFormat(database, path);
  if (format < journalFormat) {
    throw formatError(
      `The journal ${path} has format ${format}, and this version of Signalbox reads format ${journalFormat}.`,
      "Start the daemon once: it migrates the journal.",
    );
  }
  const stored = database.prepare("SELECT scope FROM meta").get()?.["scope"];
  if (stored !== scope) {
    throw new SignalboxError<JournalErrorCode>(
      "journal_scope",
      `The journal ${path} belongs to ${String(stored)}, not to ${scope}.`,
      {
        remedy:
          "Give each workflow file a state folder (--state-dir) or a journal.path of its own.",
      },
    );
  }
}

/** 0 for a file without content. */
function readFormat(database: DatabaseSync, path: string): number {
  const format = pragma(database, "user_version");
  if (format === 0 && isEmpty(database)) return 0;
  if (pragma(database, "application_id") !== applicationId) {
    throw formatError(
      `The file ${path} is a SQLite database, but not a journal of Signalbox.`,
      "Choose another journal.path.",
    );
  }
  if (format > journalFormat) {
    throw formatError(
      `The journal ${path} has format ${format}; this version of Signalbox knows formats up to ${journalFormat}.`,
      "Use the newer version of Signalbox that wrote it.",
    );
  }
  return format;
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
}

function pragma(
  database: DatabaseSync,
  name: "user_version" | "application_id" | "auto_vacuum",
): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function formatError(message: string, remedy: string): SignalboxError {
  return new SignalboxError<JournalErrorCode>("journal_format", message, { remedy });
}
