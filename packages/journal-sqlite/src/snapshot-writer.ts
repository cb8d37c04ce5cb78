import type { DatabaseSync, StatementSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { JournalSnapshot } from "@signalbox/contracts";
import { integer } from "./journal-rows.ts";
import { listSnapshots, snapshotSum, type SnapshotRow } from "./read-snapshot.ts";
import type { Tenure } from "./tenure.ts";

/** How many snapshots are kept: to go on from, and to look back from without folding everything. */
const keptSnapshots = 8;
/** Of these, how many are the newest ones. */
const keptNewest = 2;
/** Parts of a dropped snapshot that are deleted at once. */
const sweptParts = 4;

/** Writes snapshots part by part, and lets others work in between. One call at a time. */
export class SnapshotWriter {
  readonly #database: DatabaseSync;
  readonly #tenure: Tenure;
  readonly #rest: () => Promise<void>;
  readonly #insertPart: StatementSync;
  readonly #sweepParts: StatementSync;

  /** `rest` lets others work between two steps. */
  constructor(database: DatabaseSync, tenure: Tenure, rest: () => Promise<void>) {
    this.#database = database;
    this.#tenure = tenure;
    this.#rest = rest;
    this.#insertPart = database.prepare(
      "INSERT INTO snapshot_parts (seq, part, data) VALUES (?, ?, ?)",
    );
    this.#sweepParts = database.prepare(
      `DELETE FROM snapshot_parts WHERE rowid IN (
         SELECT rowid FROM snapshot_parts WHERE seq NOT IN (SELECT seq FROM snapshots) LIMIT ?)`,
    );
  }

  /** Parts without a row in `snapshots` are those of a snapshot that was not finished: readers do not see them. */
  async save({ seq, v, data }: JournalSnapshot): Promise<void> {
    const at = this.#tenure.write("durably", () => {
      this.#tenure.refuseBeyondEnd(seq);
      this.#database.prepare("DELETE FROM snapshots WHERE seq = ?").run(seq);
      const entry = this.#database.prepare("SELECT at FROM entries WHERE seq = ?").get(seq);
      return integer(entry, "at") ?? 0;
    });
    await this.sweep();
    const isList = Array.isArray(data);
    const head = { seq, v, at, isList };
    let sum = snapshotSum(head);
    let number = 0;
    for (const part of isList ? data : [data]) {
      const text = JSON.stringify(part);
      sum = crc32(text, sum);
      number += 1;
      this.#tenure.write("soon", () => this.#insertPart.run(seq, number, text));
      await this.#rest();
    }
    this.#tenure.write("durably", () => this.#finish({ ...head, sum }));
    await this.sweep();
  }

  /** Deletes the parts that belong to no snapshot, a few at a time, until nothing is left or `isOver`. */
  async sweep(isOver: () => boolean = () => false): Promise<void> {
    while (this.#sweepStep() && !isOver()) await this.#rest();
  }

  /** `false`: nothing was left to delete. */
  #sweepStep(): boolean {
    return this.#tenure.write("soon", () => this.#sweepParts.run(sweptParts)).changes !== 0;
  }

  #finish({ seq, v, at, isList, sum }: SnapshotRow): void {
    this.#database
      .prepare("INSERT INTO snapshots (seq, v, at, is_list, sum) VALUES (?, ?, ?, ?, ?)")
      .run(seq, v, at, isList ? 1 : 0, sum);
    const drop = this.#database.prepare("DELETE FROM snapshots WHERE seq = ?");
    for (const dropped of superfluous(listSnapshots(this.#database).map((row) => row.seq))) {
      drop.run(dropped);
    }
  }
}

/**
 * Which snapshots to drop, of those given newest first: one at a time, the one that leaves the smallest gap. What stays
 * is spread over the whole journal; the oldest, from which it can be read, and the newest ones are never dropped.
 */
function superfluous(newestFirst: readonly number[]): readonly number[] {
  const kept = [...newestFirst];
  const dropped: number[] = [];
  while (kept.length > keptSnapshots) {
    const gaps = kept
      .map((_, index) => (kept[index - 1] ?? Infinity) - (kept[index + 1] ?? -Infinity))
      .map((gap, index) => (index < keptNewest ? Infinity : gap));
    dropped.push(...kept.splice(gaps.indexOf(Math.min(...gaps)), 1));
  }
  return dropped;
}
