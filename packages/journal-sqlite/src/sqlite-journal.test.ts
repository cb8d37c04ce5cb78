import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { SignalboxError, type JournalEntry, type NewJournalEntry } from "@signalbox/contracts";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SqliteJournal } from "./sqlite-journal.ts";

const owner = { pid: process.pid, host: "here", since: 1_000 };
let folder: string;
let path: string;
const opened: SqliteJournal[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-journal-"));
  path = join(folder, "journal.sqlite");
});

afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: { readOnly?: boolean; scope?: string } = {}): Promise<SqliteJournal> {
  const journal = await SqliteJournal.open({ path, scope: "test", ...options });
  opened.push(journal);
  return journal;
}

function entry(number: number): NewJournalEntry {
  return { type: "tick", v: 1, at: 1_700_000_000_000 + number, data: { number } };
}

/** What a defect of the disk would do. */
function change(sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

function saved(seq: number): object {
  return { seq, v: 1, data: { seq } };
}

async function readAll(journal: SqliteJournal, after = 0): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const found of journal.read(after)) entries.push(found);
  return entries;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return SignalboxError.isInstance(error) ? error.code : String(error);
}

describe("an append", () => {
  it("R-701 what is read is what was appended, for any batches, kept over any reopening", async () => {
    const data = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)));
    const batch = fc.array(
      fc.record({
        type: fc.string({ minLength: 1 }),
        v: fc.integer({ min: 1, max: 9 }),
        at: fc.nat(),
        data,
      }),
      { maxLength: 5 },
    );
    const step = fc.oneof(batch, fc.constant("reopen" as const));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        rmSync(folder, { recursive: true });
        let journal = await SqliteJournal.open({ path, scope: "test" });
        let { epoch, version } = await journal.acquire(owner);
        const expected: JournalEntry[] = [];
        const versions: [found: number, expected: number][] = [];
        for (const [index, next] of steps.entries()) {
          if (next === "reopen") {
            await journal.close();
            journal = await SqliteJournal.open({ path, scope: "test" });
            ({ epoch, version } = await journal.acquire(owner));
            versions.push([version, expected.length]);
          } else {
            version = await journal.append(version, epoch, next, `step-${index}`);
            for (const added of next) expected.push({ ...added, seq: expected.length + 1, epoch });
          }
        }
        const found = await readAll(journal);
        await journal.close();
        expect(found).toEqual(expected);
        for (const [is, should] of versions) expect(is).toBe(should);
      }),
      { numRuns: 25 },
    );
  });

  it("takes all entries of a batch or none", async () => {
    const journal = await open();
    const { epoch } = await journal.acquire(owner);
    const broken = { ...entry(2), at: 1.5 };
    expect(await codeOf(journal.append(0, epoch, [entry(1), broken], "a"))).toBe("journal_io");
    expect(await readAll(journal)).toEqual([]);
    expect(await journal.append(0, epoch, [entry(1)], "a")).toBe(1);
  });

  it("repeats a known batch without effect and says the version of the first time", async () => {
    const journal = await open();
    const { epoch } = await journal.acquire(owner);
    await journal.append(0, epoch, [entry(1), entry(2)], "a");
    await journal.append(2, epoch, [entry(3)], "b");
    expect(await journal.append(0, epoch, [entry(1), entry(2)], "a")).toBe(2);
    expect(await readAll(journal)).toHaveLength(3);
  });

  it("remembers the last 10,000 batches and no more", async () => {
    const journal = await open();
    const { epoch } = await journal.acquire(owner);
    const database = new DatabaseSync(path);
    database.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
       INSERT INTO batches (id, key, version) SELECT i, 'old-' || i, 0 FROM n`,
    );
    await journal.append(0, epoch, [entry(1)], "new");
    const kept = database.prepare("SELECT count(*) AS n, min(id) AS first FROM batches").get();
    database.close();
    expect({ ...kept }).toEqual({ n: 10_000, first: 2 });
  });

  it("tells a stale version from a fenced epoch", async () => {
    const journal = await open();
    const { epoch } = await journal.acquire(owner);
    await journal.append(0, epoch, [entry(1)], "a");
    expect(await codeOf(journal.append(0, epoch, [entry(2)], "b"))).toBe("journal_stale_version");
    expect(await codeOf(journal.append(1, epoch - 1, [entry(2)], "b"))).toBe("journal_fenced");
    expect(await codeOf(journal.append(0, epoch - 1, [], "a"))).toBe("journal_fenced");
    expect(await readAll(journal)).toHaveLength(1);
  });

  it("R-707 an owner that was taken over can append nothing, keep no snapshot, and not free the newer one", async () => {
    const old = await open();
    const first = await old.acquire(owner);
    await old.append(0, first.epoch, [entry(1)], "a");
    // Only a deleted lock file lets a second owner in while the first lives; the epoch holds even then.
    rmSync(`${path}-lock`);
    const young = await open();
    const second = await young.acquire({ ...owner, pid: 4_242 });
    expect(second).toMatchObject({ epoch: first.epoch + 1, version: 1 });

    expect(await codeOf(old.append(1, first.epoch, [entry(2)], "b"))).toBe("journal_fenced");
    expect(await codeOf(old.append(1, second.epoch, [entry(2)], "b"))).toBe("journal_fenced");
    expect(await codeOf(old.saveSnapshot({ seq: 1, v: 1, data: null }))).toBe("journal_fenced");
    await old.close();
    expect(await young.owner()).toMatchObject({ pid: 4_242 });
    expect(await young.append(1, second.epoch, [entry(2)], "b")).toBe(2);
  });

  it("is refused without ownership, and after close", async () => {
    const journal = await open();
    expect(await codeOf(journal.append(0, 0, [entry(1)], "a"))).toBe("journal_fenced");
    const { epoch } = await journal.acquire(owner);
    await journal.close();
    await journal.close();
    expect(await codeOf(journal.append(0, epoch, [entry(1)], "a"))).toBe("journal_fenced");
    expect(await codeOf(readAll(journal))).toBe("journal_fenced");
  });
});

describe("a read", () => {
  it("streams pages in order, and goes on to what is appended meanwhile", async () => {
    const journal = await open();
    const { epoch } = await journal.acquire(owner);
    const many = Array.from({ length: 2_500 }, (_, index) => entry(index + 1));
    await journal.append(0, epoch, many, "many");
    const numbers: number[] = [];
    for await (const { seq } of journal.read(400)) {
      numbers.push(seq);
      if (seq === 401) await journal.append(2_500, epoch, [entry(2_501)], "more");
    }
    expect(numbers).toEqual(Array.from({ length: 2_101 }, (_, index) => index + 401));
    expect(await readAll(journal, 2_501)).toEqual([]);
  });

  it("works beside the owner, from a connection that can only read", async () => {
    const journal = await open();
    const { epoch } = await journal.acquire(owner);
    const reader = await open({ readOnly: true });
    await journal.append(0, epoch, [entry(1)], "a");
    expect(await readAll(reader)).toEqual([{ ...entry(1), seq: 1, epoch }]);
    expect(await reader.owner()).toEqual(owner);
    expect(await codeOf(reader.acquire(owner))).toBe("journal_read_only");
    expect(await codeOf(reader.append(1, epoch, [entry(2)], "b"))).toBe("journal_read_only");
    expect(await codeOf(reader.saveSnapshot({ seq: 1, v: 1, data: 1 }))).toBe("journal_read_only");
  });

  it("creates nothing when it is read-only, neither for a missing journal nor beside one at rest", async () => {
    path = join(folder, "missing", "journal.sqlite");
    expect(await codeOf(open({ readOnly: true }))).toBe("journal_missing");
    expect(readdirSync(folder)).toEqual([]);

    const journal = await open();
    const { epoch } = await journal.acquire(owner);
    await journal.append(0, epoch, [entry(1)], "a");
    await journal.close();
    const before = readdirSync(join(folder, "missing"));
    const reader = await open({ readOnly: true });
    expect(await readAll(reader)).toHaveLength(1);
    expect(await reader.owner()).toBeNull();
    await reader.close();
    expect(readdirSync(join(folder, "missing"))).toEqual(before);
  });
});

describe("a snapshot", () => {
  it("is kept with those before it, which serve when the newest is damaged, and for the past", async () => {
    const journal = await open();
    const { epoch } = await journal.acquire(owner);
    expect(await journal.loadSnapshot()).toBeNull();
    await journal.append(0, epoch, [entry(1), entry(2), entry(3)], "a");
    for (const seq of [1, 2, 3]) await journal.saveSnapshot({ seq, v: 1, data: { seq } });
    expect(await journal.loadSnapshot()).toEqual(saved(3));
    expect(await journal.loadSnapshot(2)).toEqual(saved(2));
    expect(await journal.loadSnapshot(0)).toBeNull();
    change("UPDATE snapshot_parts SET data = '{\"seq\":4}' WHERE seq = 3");
    expect(await journal.loadSnapshot()).toEqual(saved(2));
  });

  it("that is a list is kept element by element, also an empty one", async () => {
    const journal = await open();
    const { epoch } = await journal.acquire(owner);
    await journal.append(0, epoch, [entry(1), entry(2)], "a");
    await journal.saveSnapshot({ seq: 1, v: 1, data: [] });
    expect(await journal.loadSnapshot()).toEqual({ seq: 1, v: 1, data: [] });
    const data = Array.from({ length: 40 }, (_, index) => ({ index }));
    await journal.saveSnapshot({ seq: 2, v: 1, data });
    expect(await journal.loadSnapshot()).toEqual({ seq: 2, v: 1, data });
    change("DELETE FROM snapshot_parts WHERE seq = 2 AND part = 40");
    expect(await journal.loadSnapshot()).toMatchObject({ seq: 1 });
  });

  it("lets appends in between its parts", async () => {
    const journal = await open();
    const { epoch } = await journal.acquire(owner);
    await journal.append(0, epoch, [entry(1)], "a");
    const saving = journal.saveSnapshot({ seq: 1, v: 1, data: Array(50).fill("x") });
    let version = 1;
    const done = new AbortController();
    void saving.finally(() => done.abort());
    while (!done.signal.aborted) {
      version = await journal.append(version, epoch, [entry(version + 1)], `${version}`);
      await setImmediate();
    }
    expect(version).toBeGreaterThan(25);
    expect(await journal.loadSnapshot()).toMatchObject({ seq: 1 });
  });

  it("leaves no more than eight, spread over the journal", async () => {
    const journal = await open();
    const { epoch } = await journal.acquire(owner);
    await journal.append(
      0,
      epoch,
      Array.from({ length: 40 }, (_, at) => entry(at)),
      "a",
    );
    for (let seq = 1; seq <= 40; seq += 1) await journal.saveSnapshot({ seq, v: 1, data: [seq] });
    const kept = (await journal.stats()).snapshots.map(({ seq }) => seq);
    expect(kept).toHaveLength(8);
    expect([kept[0], ...kept.slice(-2)]).toEqual([1, 39, 40]);
    const gaps = kept.slice(1, -1).map((seq, index) => seq - (kept[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(16);
    for (const seq of kept) expect(await journal.loadSnapshot(seq)).toMatchObject({ seq });
  });

  it("is refused where it claims more than the journal holds", async () => {
    const journal = await open();
    await journal.acquire(owner);
    expect(await codeOf(journal.saveSnapshot({ seq: 1, v: 1, data: null }))).toBe(
      "journal_stale_version",
    );
  });
});

describe("opening", () => {
  it("R-710 refuses a journal of a newer format and leaves it as it is", async () => {
    await (await open()).close();
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 99");
    database.close();
    expect(await codeOf(open())).toBe("journal_format");
    expect(await codeOf(open({ readOnly: true }))).toBe("journal_format");
    const after = new DatabaseSync(path, { readOnly: true });
    expect({ ...after.prepare("PRAGMA user_version").get() }).toEqual({ user_version: 99 });
    after.close();
  });

  it("refuses the journal of another scope, somebody else's database, and what is no database", async () => {
    await (await open()).close();
    expect(await codeOf(open({ scope: "other" }))).toBe("journal_scope");
    expect(await codeOf(open({ scope: "other", readOnly: true }))).toBe("journal_scope");

    path = join(folder, "theirs.sqlite");
    const theirs = new DatabaseSync(path);
    theirs.exec("CREATE TABLE recipes (name)");
    theirs.close();
    expect(await codeOf(open())).toBe("journal_format");
    expect(existsSync(`${path}-wal`)).toBe(false);

    path = join(folder, "text");
    writeFileSync(path, "no database, but long enough to look at ".repeat(20));
    expect(await codeOf(open())).toBe("journal_damaged");
  });

  it("says read-only where the file cannot be made", async () => {
    path = folder;
    expect(await codeOf(open())).toBe("journal_read_only");
  });
});
