import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  SignalboxError,
  type JournalErrorCode,
  type JournalOwner,
  type JournalTenure,
  type Logger,
  type NewJournalEntry,
} from "@signalbox/contracts";
import { AcknowledgedHead } from "./acknowledged-head.ts";
import { entrySum } from "./entry-sum.ts";
import { integer, versionQuery } from "./journal-rows.ts";
import { OwnerLock } from "./owner-lock.ts";
import { transact } from "./transact.ts";

/** How many idempotency keys are remembered. */
const rememberedBatches = 10_000;

/** The file whose lock is the right to append. */
export function lockPath(path: string): string {
  return `${path}-lock`;
}

/** The time of one owner: all that may write to the journal. */
export class Tenure {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #lock: OwnerLock;
  readonly #head: AcknowledgedHead;
  readonly #logger: Logger | undefined;
  readonly #insertEntry: StatementSync;
  readonly #insertBatch: StatementSync;
  readonly #forgetBatches: StatementSync;
  readonly #findBatch: StatementSync;
  readonly #selectEpoch: StatementSync;
  readonly #selectVersion: StatementSync;
  #epoch = 0;

  private constructor(
    database: DatabaseSync,
    path: string,
    lock: OwnerLock,
    logger: Logger | undefined,
  ) {
    this.#database = database;
    this.#path = path;
    this.#lock = lock;
    this.#logger = logger;
    this.#head = new AcknowledgedHead(`${path}-head`);
    this.#insertEntry = database.prepare(
      "INSERT INTO entries (seq, epoch, at, type, v, data, sum) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    this.#insertBatch = database.prepare("INSERT INTO batches (key, version) VALUES (?, ?)");
    this.#forgetBatches = database.prepare("DELETE FROM batches WHERE id <= ?");
    this.#findBatch = database.prepare("SELECT version FROM batches WHERE key = ?");
    this.#selectEpoch = database.prepare("SELECT epoch FROM owner");
    this.#selectVersion = database.prepare(versionQuery);
  }

  /** `null`: somebody else has the right to append. */
  static take(database: DatabaseSync, path: string, logger: Logger | undefined): Tenure | null {
    const lock = OwnerLock.take(lockPath(path));
    if (lock === null) return null;
    try {
      return new Tenure(database, path, lock, logger);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  begin(owner: JournalOwner): JournalTenure {
    const version = transact(this.#database, () => {
      this.#database
        .prepare("UPDATE owner SET epoch = epoch + 1, pid = ?, host = ?, since = ?")
        .run(owner.pid, owner.host, owner.since);
      this.#epoch = this.#newestEpoch();
      return this.#version();
    });
    const lostEntries = Math.max(0, this.#head.read() - version);
    if (lostEntries > 0) {
      this.#logger?.log("error", "The journal was damaged: its last entries are lost.", {
        path: this.#path,
        intact_entries: version,
        lost_entries: lostEntries,
      });
    }
    this.#head.write(version);
    return { epoch: this.#epoch, version, lostEntries };
  }

  append(
    expectedVersion: number,
    epoch: number,
    entries: readonly NewJournalEntry[],
    idempotencyKey: string,
  ): number {
    const texts = entries.map((entry) => JSON.stringify(entry.data));
    let known: number | null = null;
    const version = transact(this.#database, () => {
      this.#refuseFenced(epoch);
      known = integer(this.#findBatch.get(idempotencyKey), "version");
      if (known !== null) return known;
      this.#refuseStale(expectedVersion);
      let seq = expectedVersion;
      for (const [index, { at, type, v }] of entries.entries()) {
        seq += 1;
        const data = texts[index] ?? "null";
        const sum = entrySum({ seq, epoch, at, type, v, data });
        this.#insertEntry.run(seq, epoch, at, type, v, data, sum);
      }
      const { lastInsertRowid } = this.#insertBatch.run(idempotencyKey, seq);
      this.#forgetBatches.run(Number(lastInsertRowid) - rememberedBatches);
      return seq;
    });
    if (known === null) this.#remember(version);
    return version;
  }

  /**
   * Does other work than an append in one fenced transaction. `soon`: durable by the next append, or by the next work
   * that is done `durably`.
   */
  write<Result>(when: "durably" | "soon", work: () => Result): Result {
    const run = (): Result =>
      transact(this.#database, () => {
        this.#refuseFenced(this.#epoch);
        return work();
      });
    if (when === "durably") return run();
    this.#database.exec("PRAGMA synchronous = NORMAL");
    try {
      return run();
    } finally {
      this.#database.exec("PRAGMA synchronous = FULL");
    }
  }

  /** Throws `journal_stale_version` for an entry that is not there yet. */
  refuseBeyondEnd(seq: number): void {
    const version = this.#version();
    if (seq > version) throw staleError(this.#path, seq, version);
  }

  /** Gives the right to append back. */
  end(): void {
    try {
      transact(this.#database, () => {
        this.#database
          .prepare("UPDATE owner SET pid = NULL, host = NULL, since = NULL WHERE epoch = ?")
          .run(this.#epoch);
      });
    } finally {
      this.release();
    }
  }

  /** Leaves without a word in the journal: for a tenure that could not begin. */
  release(): void {
    this.#head.close();
    this.#lock.release();
  }

  #newestEpoch(): number {
    return integer(this.#selectEpoch.get(), "epoch") ?? 0;
  }

  #version(): number {
    return integer(this.#selectVersion.get(), "version") ?? 0;
  }

  #refuseFenced(epoch: number): void {
    const newest = this.#newestEpoch();
    if (epoch === newest && epoch === this.#epoch) return;
    throw new SignalboxError<JournalErrorCode>(
      "journal_fenced",
      `The journal ${this.#path} is in epoch ${newest}: a writer of epoch ${epoch} may not append any more.`,
      { remedy: "Stop this daemon: a newer one has taken over." },
    );
  }

  #refuseStale(expectedVersion: number): void {
    const version = this.#version();
    if (version !== expectedVersion) throw staleError(this.#path, expectedVersion, version);
  }

  /** The entries are durable already: what goes wrong here must not tell the caller otherwise. */
  #remember(version: number): void {
    try {
      this.#head.write(version);
    } catch (error) {
      this.#logger?.log("warn", "The number of the journal's last entry could not be noted.", {
        path: this.#path,
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }
}

function staleError(path: string, expected: number, version: number): SignalboxError {
  return new SignalboxError<JournalErrorCode>(
    "journal_stale_version",
    `The journal ${path} ends at entry ${version}, and the writer expected ${expected}.`,
    { remedy: "Read what is new in the journal, decide again, then append." },
  );
}
