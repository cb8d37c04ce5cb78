import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { SignalboxError, type JournalErrorCode } from "@signalbox/contracts";
import { readOwner } from "./journal-rows.ts";
import { checkJournal, isCurrent, migrateJournal } from "./journal-schema.ts";
import { loadSqlite } from "./load-sqlite.ts";
import { lockedError } from "./locked-error.ts";
import { makePrivate } from "./make-private.ts";
import { OwnerLock } from "./owner-lock.ts";
import { isUnwritable } from "./sqlite-error.ts";
import { lockPath } from "./tenure.ts";

const busyTimeoutMs = 5_000;

/** An open journal file. */
export interface Connection {
  readonly database: DatabaseSync;
  /** Also removes what was only needed to read it. */
  close(): void;
}

/** Creates the journal where it is missing, and brings one of an older format to this one. */
export function connectToWrite(path: string, scope: string): Connection {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  makePrivate(path);
  const { DatabaseSync } = loadSqlite();
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  return checked({ database, close: () => database.close() }, path, scope, () => {
    if (isCurrent(database, path)) migrateJournal(database, path, scope);
    else migrateAlone(database, path, scope);
  });
}

export function connectToRead(path: string, scope: string): Connection {
  if (!existsSync(path)) {
    throw new SignalboxError<JournalErrorCode>("journal_missing", `There is no journal ${path}.`, {
      remedy: "Run the daemon once: it creates the journal.",
    });
  }
  // Nobody has it open. SQLite would put files for sharing beside it, and fail where the folder is not writable.
  if (!existsSync(`${path}-wal`)) return checked(openAtRest(path), path, scope);
  try {
    const database = openShared(path);
    return checked({ database, close: () => database.close() }, path, scope);
  } catch (error) {
    if (!isUnwritable(error)) throw error;
    return checked(openCopy(path), path, scope);
  }
}

function openAtRest(path: string): Connection {
  const { DatabaseSync } = loadSqlite();
  const location = pathToFileURL(path);
  location.searchParams.set("immutable", "1");
  const database = new DatabaseSync(location, { readOnly: true });
  return { database, close: () => database.close() };
}

function openShared(path: string): DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  return new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs });
}

/** A dead daemon left its write-ahead log where nothing can be written, so nobody writes there now. */
function openCopy(path: string): Connection {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-journal-"));
  const copy = join(folder, basename(path));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    for (const suffix of ["", "-wal"]) copyFileSync(path + suffix, copy + suffix);
    const database = openShared(copy);
    return {
      database,
      close: () => {
        database.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** A daemon of the version before may still work on the file: its format changes under nobody. */
function migrateAlone(database: DatabaseSync, path: string, scope: string): void {
  const lock = OwnerLock.take(lockPath(path));
  if (lock === null)
    throw lockedError(path, isCurrent(database, path) ? readOwner(database) : null);
  try {
    migrateJournal(database, path, scope);
  } finally {
    lock.release();
  }
}

function checked(
  connection: Connection,
  path: string,
  scope: string,
  prepare: () => void = () => undefined,
): Connection {
  try {
    prepare();
    checkJournal(connection.database, path, scope);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
