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
    ["says something else", "UPDATE entries SET data = '{\"number\":1}' WHERE seq = 41"],
    ["has another time", "UPDATE entries SET at = at + 1 WHERE seq = 41"],
    ["has another type", "UPDATE entries SET type = 'tock' WHERE seq = 41"],
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

describe("a look at everything", () => {
  interface Found {
    readonly what: string;
    readonly seq: number | null;
  }

  /** What is found after `damage` was done to a journal at rest, with snapshots after entries 20 and 40. */
  async function findIn(damage: (path: string) => void): Promise<readonly Found[]> {
    const path = join(mkdtempSync(join(folder, "look-")), "journal.sqlite");
    cpSync(left, join(path, ".."), { recursive: true });
    const owning = await SqliteJournal.open({ path, scope: "test" });
    await owning.acquire(owner);
    for (const seq of [20, 40]) await owning.saveSnapshot({ seq, v: 1, data: [{ seq }] });
    await owning.close();
    damage(path);
    const journal = await SqliteJournal.open({ path, scope: "test", readOnly: true });
    const found: Found[] = [];
    for await (const { what, seq, message, remedy } of journal.findDamage()) {
      expect([message, remedy].every((text) => text.length > 10)).toBe(true);
      found.push({ what, seq });
    }
    await journal.close();
    return found;
  }

  it("finds nothing where nothing is", async () => {
    expect(await findIn(() => undefined)).toEqual([]);
  });

  it("R-708 finds all of it, and goes on behind each", async () => {
    const found = await findIn((path) => {
      change(path, "UPDATE entries SET data = '3' WHERE seq IN (3, 9)");
      change(path, "DELETE FROM entries WHERE seq BETWEEN 30 AND 32 OR seq > 58");
      change(path, "UPDATE snapshot_parts SET data = '[]' WHERE seq = 20");
    });
    expect(found).toEqual([
      { what: "entry", seq: 3 },
      { what: "entry", seq: 9 },
      { what: "gap", seq: 30 },
      { what: "snapshot", seq: 20 },
      { what: "tail", seq: 58 },
    ]);
  });

  it("R-708 lets no flipped bit of an entry pass: what is not found is as it was written", async () => {
    let caught = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 1_000_000 }), async (position) => {
        let damaged = "";
        const found = await findIn((path) => {
          damaged = path;
          const bytes = readFileSync(path);
          const places = placesOf(bytes, Buffer.from('{"number":'));
          const place = (places[position % places.length] ?? 0) + (position % 200);
          bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
          writeFileSync(path, bytes);
        });
        caught += found.length;
        if (found.length > 0) return;
        // The bit stands in a part of the page that is not used any more.
        const journal = await SqliteJournal.open({ path: damaged, scope: "test", readOnly: true });
        for await (const { seq, data } of journal.read(0)) {
          expect(data).toEqual({ number: seq, filler: "x".repeat(200) });
        }
        await journal.close();
      }),
      { numRuns: 20 },
    );
    expect(caught).toBeGreaterThan(0);
  });

  it("R-708 says that the file is damaged where a page of it is", async () => {
    const found = await findIn((path) => {
      const bytes = readFileSync(path);
      bytes.fill(0x5a, 4_096 * 5, 4_096 * 6);
      writeFileSync(path, bytes);
    });
    expect(found[0]).toEqual({ what: "file", seq: null });
  });
});

function change(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

function placesOf(bytes: Buffer, text: Buffer): readonly number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) places.push(at);
  return places;
}

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
