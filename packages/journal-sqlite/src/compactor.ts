import type { DatabaseSync, StatementSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { integer, readCompacted, readVersion } from "./journal-rows.ts";
import { listSnapshots, readSnapshot } from "./read-snapshot.ts";
import type { SnapshotWriter } from "./snapshot-writer.ts";
import type { Tenure } from "./tenure.ts";

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
  readonly #deleteEntries: StatementSync;

  constructor(database: DatabaseSync, tenure: Tenure, snapshots: SnapshotWriter) {
    this.#database = database;
    this.#tenure = tenure;
    this.#snapshots = snapshots;
    this.#deleteEntries = database.prepare(
      `DELETE FROM entries WHERE seq IN (
         SELECT seq FROM entries WHERE seq <= (SELECT compacted FROM meta) ORDER BY seq LIMIT ?)`,
    );
  }

  /** See `Journal.compact`. What an earlier call did not finish is finished. */
  async compact(before: number, signal: AbortSignal): Promise<void> {
    const base = this.#base(before);
    if (base > readCompacted(this.#database)) this.#moveStart(base);
    const steps = [
      () => this.#tenure.write("soon", () => this.#deleteEntries.run(stepEntries)).changes !== 0,
      () => this.#giveBack(),
    ];
    for (const step of steps) {
      while (!signal.aborted && step()) await setImmediate();
      await this.#snapshots.sweep(() => signal.aborted);
    }
  }

  /** The newest intact snapshot that contains nothing later than `before`; 0: there is none. */
  #base(before: number): number {
    const version = readVersion(this.#database);
    // An entry from the future was written under a clock that was wrong: it must not keep everything after it.
    const later = this.#database
      .prepare(
        `SELECT seq FROM entries
         WHERE at > ? AND at <= (SELECT at FROM entries ORDER BY seq DESC LIMIT 1)
         ORDER BY seq LIMIT 1`,
      )
      .get(before);
    const last = (integer(later, "seq") ?? version + 1) - 1;
    const intact = listSnapshots(this.#database, last).find(
      (row) => readSnapshot(this.#database, row) !== null,
    );
    return intact?.seq ?? 0;
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
