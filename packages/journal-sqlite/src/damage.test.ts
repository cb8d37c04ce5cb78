import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SignalboxError, type LogLevel } from "@signalbox/contracts";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SqliteJournal } from "./sqlite-journal.ts";
import { toJournalError } from "./sqlite-error.ts";

const owner = { pid: process.pid, host: "here", since: 1_000 };
const entries = 60;
let folder: string;
/** A journal as a dead daemon leaves it: everything still stands in the write-ahead log. */
let left: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-damage-"));
  left = join(folder, "left");
  const path = join(folder, "live", "journal.sqlite");
  const journal = await SqliteJournal.open({ path, scope: "test" });
  const { epoch } = await journal.acquire(owner);
  for (let seq = 0; seq < entries; seq += 1) {
    const data = { number: seq + 1, filler: "x".repeat(200) };
    await journal.append(seq, epoch, [{ type: "tick", v: 1, at: seq, data }], `batch-${seq}`);
  }
  cpSync(join(folder, "live"), left, { recursive: true });
  await journal.close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Recovered {
  readonly found: readonly number[];
  readonly lostEntries: number | undefined;
  readonly logged: readonly LogLevel[];
}

/** What the next daemon finds after `damage` was done to what the first one left. */
async function recover(damage: (path: string) => void): Promise<Recovered> {
  const copy = mkdtempSync(join(folder, "copy-"));
  cpSync(left, copy, { recursive: true });
  const path = join(copy, "journal.sqlite");
  damage(path);
  const logged: LogLevel[] = [];
  const logger = { log: (level: LogLevel): number => logged.push(level) };
  const journal = await SqliteJournal.open({ path, scope: "test", logger });
  try {
    const { lostEntries, version, epoch } = await journal.acquire(owner);
    const found = await readNumbers(journal);
    expect(found).toHaveLength(version);
    await journal.append(version, epoch, [{ type: "tick", v: 1, at: 0, data: 0 }], "after");
    return { found, lostEntries, logged };
  } finally {
    await journal.close();
    rmSync(copy, { recursive: true });
  }
}

async function readNumbers(journal: SqliteJournal): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { seq } of journal.read(0)) numbers.push(seq);
  return numbers;
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

describe("a damaged write-ahead log", () => {
  it("is no loss where nothing is damaged", async () => {
    expect(await recover(() => undefined)).toEqual({
      found: upTo(entries),
      lostEntries: 0,
      logged: [],
    });
  });

  it("R-708 keeps the intact prefix and reports how many entries are lost, cut anywhere", async () => {
    const size = statSync(join(left, "journal.sqlite-wal")).size;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: size - 1 }), async (length) => {
        const { found, lostEntries, logged } = await recover((path) =>
          truncateSync(`${path}-wal`, length),
        );
        expect(found.length).toBeLessThan(entries);
        expect(found).toEqual(upTo(found.length));
        expect(lostEntries).toBe(entries - found.length);
        expect(logged).toEqual(["error"]);
      }),
      { numRuns: 15 },
    );
  });

  it("R-708 the same with one flipped bit", async () => {
    const size = statSync(join(left, "journal.sqlite-wal")).size;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: size - 1 }),
        fc.integer({ min: 0, max: 7 }),
        async (offset, bit) => {
          const { found, lostEntries } = await recover((path) => {
            const bytes = readFileSync(`${path}-wal`);
            bytes.writeUInt8(bytes.readUInt8(offset) ^ (1 << bit), offset);
            writeFileSync(`${path}-wal`, bytes);
          });
          expect(found).toEqual(upTo(found.length));
          expect(lostEntries).toBe(entries - found.length);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe("a damaged database", () => {
  it.each([
    ["is not JSON", "UPDATE entries SET data = '{' WHERE seq = 41"],
    ["is missing", "DELETE FROM entries WHERE seq = 41"],
  ])(
    "R-708 is read up to the entry that %s, and then says which one it is",
    async (_how, damage) => {
      const path = join(mkdtempSync(join(folder, "rows-")), "journal.sqlite");
      cpSync(left, join(path, ".."), { recursive: true });
      const database = new DatabaseSync(path);
      database.exec(damage);
      database.close();
      const journal = await SqliteJournal.open({ path, scope: "test" });
      const read: number[] = [];
      const reading = (async () => {
        for await (const { seq } of journal.read(0)) read.push(seq);
      })();
      await expect(reading).rejects.toMatchObject({
        code: "journal_damaged",
        message: expect.stringContaining("entry 41"),
      });
      await journal.close();
      expect(read).toEqual(upTo(40));
    },
  );
});

describe("what an error of SQLite means", () => {
  it("a full disk is worth another try, and the journal goes on when there is space", () => {
    const database = new DatabaseSync(join(folder, "small.sqlite"));
    database.exec("CREATE TABLE t (a); PRAGMA max_page_count = 3");
    const fill = (): unknown => database.prepare("INSERT INTO t VALUES (zeroblob(20000))").run();
    const error = thrownBy(fill);
    database.close();
    expect(toJournalError(error, "j", "be appended to")).toMatchObject({
      code: "journal_full",
      retryable: true,
    });
  });

  it("a read-only file, and errors of the file system", () => {
    const path = join(folder, "small.sqlite");
    const database = new DatabaseSync(path, { readOnly: true });
    const error = thrownBy(() => database.exec("DELETE FROM t"));
    database.close();
    expect(toJournalError(error, path, "x")).toMatchObject({ code: "journal_read_only" });
    for (const [code, meaning] of [
      ["ENOSPC", "journal_full"],
      ["EROFS", "journal_read_only"],
      ["EACCES", "journal_read_only"],
      ["EIO", "journal_io"],
    ]) {
      const failure = Object.assign(new Error("no"), { code });
      expect(toJournalError(failure, path, "x").code).toBe(meaning);
    }
    expect(toJournalError("odd", path, "x").code).toBe("journal_io");
    const ours = new SignalboxError("journal_scope", "other");
    expect(toJournalError(ours, path, "x")).toBe(ours);
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
