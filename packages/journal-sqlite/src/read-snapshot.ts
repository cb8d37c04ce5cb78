import type { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { JournalSnapshot, JsonValue } from "@signalbox/contracts";
import { integer, parsed } from "./journal-rows.ts";

/** What is known of a snapshot without reading it. */
export interface SnapshotRow {
  readonly seq: number;
  readonly v: number;
  /** Time of the last entry that it contains, in epoch milliseconds. */
  readonly at: number;
  /** Whether its parts are the elements of an array. */
  readonly isList: boolean;
  readonly sum: number;
}

/** Newest first; `upTo`: without those that contain an entry after it. */
export function listSnapshots(
  database: DatabaseSync,
  upTo: number = Number.MAX_SAFE_INTEGER,
): readonly SnapshotRow[] {
  return database
    .prepare("SELECT seq, v, at, is_list, sum FROM snapshots WHERE seq <= ? ORDER BY seq DESC")
    .all(upTo)
    .map((row) => ({
      seq: integer(row, "seq") ?? 0,
      v: integer(row, "v") ?? 0,
      at: integer(row, "at") ?? 0,
      isList: row["is_list"] === 1,
      sum: integer(row, "sum") ?? 0,
    }));
}

/** CRC-32 of a snapshot before its first part; each part is added to it in turn. */
export function snapshotSum({ seq, v, at, isList }: Omit<SnapshotRow, "sum">): number {
  return crc32(`${seq} ${v} ${at} ${isList ? 1 : 0}\n`);
}

/** `null`: not as it was written. */
export function readSnapshot(database: DatabaseSync, row: SnapshotRow): JournalSnapshot | null {
  const parts: JsonValue[] = [];
  let sum = snapshotSum(row);
  const rows = database
    .prepare("SELECT data FROM snapshot_parts WHERE seq = ? ORDER BY part")
    .iterate(row.seq);
  for (const { data } of rows) {
    const text = String(data);
    const part = parsed(text);
    if (part === undefined) return null;
    sum = crc32(text, sum);
    parts.push(part);
  }
  if (sum !== row.sum) return null;
  const [only = null] = parts;
  return { seq: row.seq, v: row.v, data: row.isList ? parts : only };
}

/** Whether a snapshot is as it was written. Calls `rest` between two parts. */
export async function isIntact(
  database: DatabaseSync,
  row: SnapshotRow,
  rest: () => Promise<void>,
): Promise<boolean> {
  const select = database.prepare("SELECT data FROM snapshot_parts WHERE seq = ? AND part = ?");
  let sum = snapshotSum(row);
  for (let number = 1; ; number += 1) {
    const part = select.get(row.seq, number);
    if (part === undefined) return sum === row.sum;
    sum = crc32(String(part["data"]), sum);
    await rest();
  }
}
