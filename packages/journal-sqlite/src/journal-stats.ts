import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { integer, readCompacted, readVersion, type Row } from "./journal-rows.ts";

/** What a journal holds. Times are epoch milliseconds. */
export interface JournalStats {
  readonly entries: number;
  readonly first: EntryMark | null;
  readonly last: EntryMark | null;
  /** Entries up to this sequence number were compacted away; 0: none were. */
  readonly compacted: number;
  readonly version: number;
  /** Most frequent first. */
  readonly types: readonly EntryTypeStats[];
  readonly epochs: readonly EpochStats[];
  /** Oldest first. */
  readonly snapshots: readonly SnapshotStats[];
  readonly bytes: {
    readonly file: number;
    /** The write-ahead log beside the file. */
    readonly log: number;
    /** Within the file, free for what comes next. */
    readonly free: number;
  };
}

export interface EntryMark {
  readonly seq: number;
  readonly at: number;
}

export interface EntryTypeStats {
  readonly type: string;
  readonly entries: number;
  /** Of their data, as JSON. */
  readonly bytes: number;
}

/** One daemon life. */
export interface EpochStats {
  readonly epoch: number;
  readonly entries: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface SnapshotStats {
  readonly seq: number;
  readonly at: number;
  readonly bytes: number;
}

export function readStats(database: DatabaseSync, path: string): JournalStats {
  const compacted = readCompacted(database);
  const all = (sql: string): readonly Row[] => database.prepare(sql).all();
  const pages = (name: "page_size" | "freelist_count"): number =>
    number(all(`PRAGMA ${name}`)[0] ?? {}, name);
  const kept = `FROM entries WHERE seq > ${compacted}`;
  const types = all(
    `SELECT type, count(*) AS entries, sum(length(CAST(data AS BLOB))) AS bytes ${kept}
     GROUP BY type ORDER BY entries DESC, type`,
  ).map((row) => ({
    type: String(row["type"]),
    entries: number(row, "entries"),
    bytes: number(row, "bytes"),
  }));
  const epochs = all(
    `SELECT epoch, count(*) AS entries, min(at) AS firstAt, max(at) AS lastAt ${kept}
     GROUP BY epoch ORDER BY epoch`,
  ).map((row) => ({
    epoch: number(row, "epoch"),
    entries: number(row, "entries"),
    firstAt: number(row, "firstAt"),
    lastAt: number(row, "lastAt"),
  }));
  const snapshots = all(
    `SELECT s.seq, s.at, ifnull(sum(length(CAST(p.data AS BLOB))), 0) AS bytes
     FROM snapshots s LEFT JOIN snapshot_parts p ON p.seq = s.seq GROUP BY s.seq ORDER BY s.seq`,
  ).map((row) => ({
    seq: number(row, "seq"),
    at: number(row, "at"),
    bytes: number(row, "bytes"),
  }));
  return {
    entries: types.reduce((sum, { entries }) => sum + entries, 0),
    first: markOf(all(`SELECT seq, at ${kept} ORDER BY seq LIMIT 1`)),
    last: markOf(all(`SELECT seq, at ${kept} ORDER BY seq DESC LIMIT 1`)),
    compacted,
    version: readVersion(database),
    types,
    epochs,
    snapshots,
    bytes: {
      file: sizeOf(path),
      log: sizeOf(`${path}-wal`),
      free: pages("page_size") * pages("freelist_count"),
    },
  };
}

function number(row: Row, column: string): number {
  return integer(row, column) ?? 0;
}

function markOf([row]: readonly Row[]): EntryMark | null {
  return row === undefined ? null : { seq: number(row, "seq"), at: number(row, "at") };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
