import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import {
  SignalboxError,
  type Journal,
  type JournalEntry,
  type JournalErrorCode,
  type JournalOwner,
  type JournalSnapshot,
  type JournalTenure,
  type Logger,
  type NewJournalEntry,
} from "@signalbox/contracts";
import { Checkpointer } from "./checkpointer.ts";
import { readOwner, readPage, readSnapshot, toEntry } from "./journal-rows.ts";
import { checkJournal, migrateJournal } from "./journal-schema.ts";
import { loadSqlite } from "./load-sqlite.ts";
import { OwnerLock } from "./owner-lock.ts";
import { toJournalError } from "./sqlite-error.ts";
import { lockPath, Tenure } from "./tenure.ts";

const busyTimeoutMs = 5_000;
const pageSize = 1_000;

export interface SqliteJournalOptions {
  /** Absolute path of the file. Its folder is created where it is missing, unless `readOnly`. */
  readonly path: string;
  /** What the journal is about, so that two workflow files never share one: the hash of the file's real path. */
  readonly scope: string;
  /**
   * Only to look: creates nothing, a missing journal is `journal_missing`. Works beside a running daemon. Where none
   * runs, entries that a daemon appends after this open may stay unseen: open again. Default `false`.
   */
  readonly readOnly?: boolean;
  /** Hears of lost entries and of upkeep that failed. Default: nobody does. */
  readonly logger?: Logger;
}

/** A `Journal` in one SQLite file on a local disk: WAL, and forced to disk before an append resolves. */
export class SqliteJournal implements Journal {
  readonly #database: DatabaseSync;
  readonly #options: SqliteJournalOptions;
  readonly #checkpointer: Checkpointer;
  #tenure: Tenure | null = null;

  private constructor(database: DatabaseSync, options: SqliteJournalOptions) {
    this.#database = database;
    this.#options = options;
    this.#checkpointer = new Checkpointer(database, options.path, options.logger);
  }

  /** Rejects with `journal_missing`, `_format`, `_scope`, `_damaged`, `_read_only`, `_full` or `_io`. */
  static async open(options: SqliteJournalOptions): Promise<SqliteJournal> {
    const { path, scope } = options;
    return attempt(path, "be opened", () => {
      const database = options.readOnly === true ? connectToRead(path) : connectToWrite(path);
      try {
        if (options.readOnly !== true) migrateJournal(database, path, scope);
        checkJournal(database, path, scope);
      } catch (error) {
        database.close();
        throw error;
      }
      return new SqliteJournal(database, options);
    });
  }

  async acquire(owner: JournalOwner): Promise<JournalTenure> {
    this.#refuseReadOnly();
    const { path, logger } = this.#options;
    return attempt(path, "be taken over", () => {
      if (this.#tenure !== null) return this.#tenure.begin(owner);
      const tenure = Tenure.take(this.#database, path, logger);
      if (tenure === null) throw lockedError(path, readOwner(this.#database));
      try {
        const found = tenure.begin(owner);
        this.#tenure = tenure;
        return found;
      } catch (error) {
        tenure.release();
        throw error;
      }
    });
  }

  async append(
    expectedVersion: number,
    epoch: number,
    entries: readonly NewJournalEntry[],
    idempotencyKey: string,
  ): Promise<number> {
    return attempt(this.#options.path, "be appended to", () => {
      const version = this.#owned().append(expectedVersion, epoch, entries, idempotencyKey);
      this.#checkpointer.schedule();
      return version;
    });
  }

  async *read(after: number): AsyncIterable<JournalEntry> {
    const { path } = this.#options;
    for (let last = after; ;) {
      const page = attempt(path, "be read", () => readPage(this.#database, last, pageSize));
      for (const row of page) {
        last += 1;
        yield toEntry(row, last, path);
      }
      if (page.length < pageSize) return;
      // A long journal must not keep the process from everything else while it is read.
      await setImmediate();
    }
  }

  async saveSnapshot(snapshot: JournalSnapshot): Promise<void> {
    return attempt(this.#options.path, "keep a snapshot", () => {
      this.#owned().saveSnapshot(snapshot);
      this.#checkpointer.schedule();
    });
  }

  async loadSnapshot(): Promise<JournalSnapshot | null> {
    return attempt(this.#options.path, "be read", () => readSnapshot(this.#database));
  }

  async owner(): Promise<JournalOwner | null> {
    const { path } = this.#options;
    return attempt(path, "be read", () =>
      this.#tenure !== null || OwnerLock.isHeld(lockPath(path)) ? readOwner(this.#database) : null,
    );
  }

  async close(): Promise<void> {
    if (!this.#database.isOpen) return;
    this.#checkpointer.stop();
    const tenure = this.#tenure;
    this.#tenure = null;
    try {
      attempt(this.#options.path, "be given back", () => tenure?.end());
    } finally {
      this.#database.close();
    }
  }

  #owned(): Tenure {
    this.#refuseReadOnly();
    if (this.#tenure !== null) return this.#tenure;
    throw new SignalboxError<JournalErrorCode>(
      "journal_fenced",
      `The journal ${this.#options.path} was not acquired, or was closed.`,
      { remedy: "Acquire it before writing to it." },
    );
  }

  #refuseReadOnly(): void {
    if (this.#options.readOnly !== true) return;
    throw new SignalboxError<JournalErrorCode>(
      "journal_read_only",
      `The journal ${this.#options.path} was opened for reading only.`,
      { remedy: "Open it without readOnly." },
    );
  }
}

function connectToWrite(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { DatabaseSync } = loadSqlite();
  return new DatabaseSync(path, { timeout: busyTimeoutMs });
}

function connectToRead(path: string): DatabaseSync {
  if (!existsSync(path)) {
    throw new SignalboxError<JournalErrorCode>("journal_missing", `There is no journal ${path}.`, {
      remedy: "Run the daemon once: it creates the journal.",
    });
  }
  const { DatabaseSync } = loadSqlite();
  const options = { readOnly: true, timeout: busyTimeoutMs };
  if (existsSync(`${path}-wal`)) return new DatabaseSync(path, options);
  // Nobody has it open. SQLite would put files for sharing beside it, and fail where the folder is not writable.
  const location = pathToFileURL(path);
  location.searchParams.set("immutable", "1");
  return new DatabaseSync(location, options);
}

function lockedError(path: string, owner: JournalOwner | null): SignalboxError {
  const who =
    owner === null
      ? "another process"
      : `the daemon with pid ${owner.pid} on ${owner.host}, since ${new Date(owner.since).toISOString()}`;
  return new SignalboxError<JournalErrorCode>(
    "journal_locked",
    `The journal ${path} is held by ${who}.`,
    {
      remedy:
        owner === null
          ? "Stop that process first."
          : `Stop that daemon first (kill ${owner.pid}), or let it go on and start none beside it.`,
    },
  );
}

function attempt<Result>(path: string, action: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw toJournalError(error, path, action);
  }
}
