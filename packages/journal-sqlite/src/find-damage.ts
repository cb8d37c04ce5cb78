import { readFileSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { SignalboxError } from "@signalbox/contracts";
import { AcknowledgedHead } from "./acknowledged-head.ts";
import { readCompacted, readPage, readVersion, toEntry, type Row } from "./journal-rows.ts";
import { listSnapshots, readSnapshot } from "./read-snapshot.ts";
import { toJournalError } from "./sqlite-error.ts";

const pageSize = 1_000;

/** Something in a journal that is not as it was written. */
export interface JournalDamage {
  readonly what: "file" | "entry" | "gap" | "snapshot" | "tail";
  /** The entry that it is about, or the last one of the snapshot; `null`: the whole file. */
  readonly seq: number | null;
  readonly message: string;
  readonly remedy: string;
}

const copyRemedy = "Put back a copy of the file, or move it away to start anew.";

/** See `SqliteJournal.findDamage`. What cannot be read any more ends it, with the reason. */
export async function* findDamage(
  database: DatabaseSync,
  path: string,
): AsyncIterable<JournalDamage> {
  try {
    yield* lookAtAll(database, path);
  } catch (error) {
    const { code, message, remedy } = toJournalError(error, path, "be read to its end");
    if (code !== "journal_damaged") throw toJournalError(error, path, "be read");
    yield { what: "file", seq: null, message, remedy: remedy ?? copyRemedy };
  }
}

async function* lookAtAll(database: DatabaseSync, path: string): AsyncIterable<JournalDamage> {
  for (const row of database.prepare("PRAGMA integrity_check(10)").all()) {
    const text = String(row["integrity_check"]);
    if (text !== "ok") yield { what: "file", seq: null, message: text, remedy: copyRemedy };
  }
  yield* damagedEntries(database, path);
  for (const row of listSnapshots(database)) {
    if (readSnapshot(database, row) !== null) continue;
    yield {
      what: "snapshot",
      seq: row.seq,
      message: `The snapshot after entry ${row.seq} is not as it was written.`,
      remedy: "Nothing is lost while the one before it, or the entries up to it, are intact.",
    };
  }
  const acknowledged = acknowledgedHead(`${path}-head`);
  const version = readVersion(database);
  if (acknowledged > version) {
    yield {
      what: "tail",
      seq: version,
      message: `Entries ${version + 1} to ${acknowledged} were acknowledged, and are not there any more.`,
      remedy: "Compare the tracker and the branches with what you remember of the last minutes.",
    };
  }
}

async function* damagedEntries(database: DatabaseSync, path: string): AsyncIterable<JournalDamage> {
  let last = readCompacted(database);
  for (;;) {
    const page = readPage(database, last, pageSize);
    for (const row of page) {
      const seq = Number(row["seq"]);
      if (seq > last + 1) {
        yield {
          what: "gap",
          seq: last + 1,
          message: `Entries ${last + 1} to ${seq - 1} are missing.`,
          remedy: copyRemedy,
        };
      }
      last = seq;
      const error = whyDamaged(row, seq, path);
      if (error === null) continue;
      const message = `Entry ${seq} (${String(row["type"])}) is not as it was written.`;
      yield { what: "entry", seq, message, remedy: error.remedy ?? copyRemedy };
    }
    if (page.length < pageSize) return;
    await setImmediate();
  }
}

function whyDamaged(row: Row, seq: number, path: string): SignalboxError | null {
  try {
    toEntry(row, seq, path);
    return null;
  } catch (error) {
    if (SignalboxError.isInstance(error)) return error;
    throw error;
  }
}

/** 0 where it is not known. */
function acknowledgedHead(path: string): number {
  try {
    return AcknowledgedHead.parse(readFileSync(path));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
}
