import type { DatabaseSync, StatementSync } from "node:sqlite";
import { integer, readCompacted, readVersion } from "./journal-rows.ts";
import { isIntact, listSnapshots } from "./read-snapshot.ts";
import type { SnapshotWriter } from "./snapshot-writer.ts";
import type { Tenure } from "./tenure.ts";

/** Entries that one step looks at. */
const lookEntries = 5_000;
/** Entries that one step deletes. */
const stepEntries = 250;
/** Free pages that one step gives back (256 KiB). */
const stepPages = 64;
/** Free pages that are left for what comes next (1 MiB). */
const sparePages = 256;

/** Deletes the past that nobody may ask for any more, in steps of a few milliseconds. One call at a time. */
export class Compactor {
  readonly #database: DatabaseSync;
  readonly #tenure: Tenure;
  readonly #snapshots: SnapshotWriter;
  readonly #rest: () => Promise<void>;
  readonly #deleteEntries: StatementSync;

  /** `rest` lets others work between two steps. */
  constructor(
    database: DatabaseSync,
    tenure: Tenure,
    snapshots: SnapshotWriter,
    rest: () => Promise<void>,
  ) {
    this.#database = database;
    this.#tenure = tenure;
    this.#snapshots = snapshots;
    this.#rest = rest;
    this.#deleteEntries = database.prepare(
      `DELETE FROM entries WHERE seq IN (
         SELECT seq FROM entries WHERE seq <= (SELECT compacted FROM meta) ORDER BY seq LIMIT ?)`,
    );
  }

  /** See `Journal.compact`. What an earlier call did not finish is finished. */
  async compact(before: number, signal: AbortSignal): Promise<void> {
    const base = await this.#base(before);
    if (base > readCompacted(this.#database)) this.#moveStart(base);
    const steps = [
      () => this.#tenure.write("soon", () => this.#deleteEntries.run(stepEntries)).changes !== 0,
      () => this.#giveBack(),
    ];
    for (const step of steps) {
      while (!signal.aborted && step()) await this.#rest();
      await this.#snapshots.sweep(() => signal.aborted);
    }
  }

  /** The newest intact snapshot that contains nothing later than `before`; 0: there is none. */
  async #base(before: number): Promise<number> {
    const last = await this.#lastNotAfter(before);
    for (const row of listSnapshots(this.#database, last)) {
      if (await isIntact(this.#database, row, this.#rest)) return row.seq;
    }
    return 0;
  }

  /** The entry before the first one that is later than `before`. */
  async #lastNotAfter(before: number): Promise<number> {
    const version = readVersion(this.#database);
    const newest = this.#database.prepare("SELECT at FROM entries WHERE seq = ?").get(version);
    // An entry from the future was written under a clock that was wrong: it must not keep everything after it.
    const now = integer(newest, "at") ?? before;
    const later = this.#database.prepare(
      "SELECT min(seq) AS seq FROM entries WHERE seq > ? AND seq <= ? AND at > ? AND at <= ?",
    );
    for (let from = readCompacted(this.#database); from < version; from += lookEntries) {
      const found = integer(later.get(from, from + lookEntries, before, now), "seq");
      if (found !== null) return found - 1;
      await this.#rest();
    }
    return version;
  }

  /** From here on the journal begins after `seq`; what is before it is deleted in the steps that follow. */
  #moveStart(seq: number): void {
    this.#tenure.write("durably", () => {
      this.#database.prepare("UPDATE meta SET compacted = ?").run(seq);
      this.#database.prepare("DELETE FROM snapshots WHERE seq < ?").run(seq);
    });
  }

  /** Makes the file smaller by a few pages. `false`: it is small enough. */
  #giveBack(): boolean {
    const free = integer(this.#database.prepare("PRAGMA freelist_count").get(), "freelist_count");
    if ((free ?? 0) <= sparePages) return false;
    this.#tenure.write("soon", () =>
      this.#database.exec(`PRAGMA incremental_vacuum(${stepPages})`),
    );
    return true;
  }
}
