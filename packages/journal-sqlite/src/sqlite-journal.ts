import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
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
import { Compactor } from "./compactor.ts";
import { connectToRead, connectToWrite, type Connection } from "./connect.ts";
import { findDamage, type JournalDamage } from "./find-damage.ts";
import { readLastSeqAt, readOwner, readPage, refuseCompacted, toEntry } from "./journal-rows.ts";
import { readStats, type JournalStats } from "./journal-stats.ts";
import { lockedError } from "./locked-error.ts";
import { OwnerLock } from "./owner-lock.ts";
import { listSnapshots, readSnapshot } from "./read-snapshot.ts";
import { SnapshotWriter } from "./snapshot-writer.ts";
import { toJournalError } from "./sqlite-error.ts";
import { lockPath, Tenure } from "./tenure.ts";

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

interface Ownership {
  readonly tenure: Tenure;
  readonly snapshots: SnapshotWriter;
  readonly compactor: Compactor;
}

/** A `Journal` in one SQLite file on a local disk: WAL, and forced to disk before an append resolves. */
export class SqliteJournal implements Journal {
  readonly #connection: Connection;
  readonly #database: DatabaseSync;
  readonly #options: SqliteJournalOptions;
  readonly #checkpointer: Checkpointer;
  #ownership: Ownership | null = null;
  /** Snapshots and compaction take turns. */
  #upkeep: Promise<unknown> = Promise.resolve();

  private constructor(connection: Connection, options: SqliteJournalOptions) {
    this.#connection = connection;
    this.#database = connection.database;
    this.#options = options;
    this.#checkpointer = new Checkpointer(this.#database, options.path, options.logger);
  }

  /**
   * Rejects with `journal_missing`, `_format`, `_scope`, `_damaged`, `_read_only`, `_full` or `_io`, and with
   * `journal_locked` where the file has an older format and somebody uses it.
   */
  static async open(options: SqliteJournalOptions): Promise<SqliteJournal> {
    const { path, scope, readOnly = false } = options;
    return attempt(path, "be opened", () => {
      const connection = readOnly ? connectToRead(path, scope) : connectToWrite(path, scope);
      return new SqliteJournal(connection, options);
    });
  }

  async acquire(owner: JournalOwner): Promise<JournalTenure> {
    this.#refuseReadOnly();
    const { path, logger } = this.#options;
    return attempt(path, "be taken over", () => {
      if (this.#ownership !== null) return this.#ownership.tenure.begin(owner);
      const tenure = Tenure.take(this.#database, path, logger);
      if (tenure === null) throw lockedError(path, readOwner(this.#database));
      try {
        const found = tenure.begin(owner);
        const rest = (): Promise<void> => this.#checkpointer.rest();
        const snapshots = new SnapshotWriter(this.#database, tenure, rest);
        const compactor = new Compactor(this.#database, tenure, snapshots, rest);
        this.#ownership = { tenure, snapshots, compactor };
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
      const version = this.#owned().tenure.append(expectedVersion, epoch, entries, idempotencyKey);
      this.#checkpointer.schedule();
      return version;
    });
  }

  async *read(after: number): AsyncIterable<JournalEntry> {
    const { path } = this.#options;
    for (let last = after; ;) {
      const page = attempt(path, "be read", () => {
        refuseCompacted(this.#database, last, path);
        return readPage(this.#database, last, pageSize);
      });
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
    await this.#inTurn("keep a snapshot", ({ snapshots }) => snapshots.save(snapshot));
  }

  async loadSnapshot(upTo?: number): Promise<JournalSnapshot | null> {
    const { path, logger } = this.#options;
    return attempt(path, "be read", () => {
      for (const row of listSnapshots(this.#database, upTo)) {
        const snapshot = readSnapshot(this.#database, row);
        if (snapshot !== null) return snapshot;
        logger?.log("error", "A snapshot in the journal is damaged; the one before it is used.", {
          path,
          entry: row.seq,
        });
      }
      return null;
    });
  }

  async lastSeqAt(at: number): Promise<number> {
    return attempt(this.#options.path, "be read", () => readLastSeqAt(this.#database, at));
  }

  async compact(before: number, signal: AbortSignal): Promise<void> {
    await this.#inTurn("be compacted", ({ compactor }) => compactor.compact(before, signal));
  }

  /** What the journal holds. Needs no ownership. */
  async stats(): Promise<JournalStats> {
    return attempt(this.#options.path, "be read", () =>
      readStats(this.#database, this.#options.path),
    );
  }

  /**
   * Looks at every page, every entry and every snapshot, and says what is not as it was written; nothing: all is
   * intact. Needs no ownership.
   */
  async *findDamage(): AsyncIterable<JournalDamage> {
    const { path } = this.#options;
    yield* findDamage(this.#database, path);
  }

  async owner(): Promise<JournalOwner | null> {
    const { path } = this.#options;
    return attempt(path, "be read", () =>
      this.#ownership !== null || OwnerLock.isHeld(lockPath(path))
        ? readOwner(this.#database)
        : null,
    );
  }

  async close(): Promise<void> {
    if (!this.#database.isOpen) return;
    this.#checkpointer.stop();
    const ownership = this.#ownership;
    this.#ownership = null;
    try {
      attempt(this.#options.path, "be given back", () => ownership?.tenure.end());
    } finally {
      this.#connection.close();
    }
  }

  async #inTurn(action: string, work: (owned: Ownership) => Promise<void>): Promise<void> {
    const owned = this.#owned();
    const turn = this.#upkeep.then(() => work(owned));
    // Whoever asked hears of a failure; whoever is next has nothing to do with it.
    this.#upkeep = turn.catch(() => undefined);
    try {
      await turn;
    } catch (error) {
      throw toJournalError(error, this.#options.path, action);
    } finally {
      this.#checkpointer.schedule();
    }
  }

  #owned(): Ownership {
    this.#refuseReadOnly();
    if (this.#ownership !== null) return this.#ownership;
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

function attempt<Result>(path: string, action: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw toJournalError(error, path, action);
  }
}
