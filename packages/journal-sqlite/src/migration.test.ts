import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OwnerLock } from "./owner-lock.ts";
import { SqliteJournal } from "./sqlite-journal.ts";

const owner = { pid: process.pid, host: "here", since: 1_000 };
const script = readFileSync(new URL("__fixtures__/journal-format-1.sql", import.meta.url), "utf8");
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-migration-"));
  path = join(folder, "journal.sqlite");
  const database = new DatabaseSync(path);
  database.exec(script);
  database.close();
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function pragmaOf(name: "user_version" | "auto_vacuum"): unknown {
  const database = new DatabaseSync(path, { readOnly: true });
  const value = database.prepare(`PRAGMA ${name}`).get()?.[name];
  database.close();
  return value;
}

describe("a journal of format 1", () => {
  it("R-710 is migrated: nothing is lost, its entries get checksums, it can shrink", async () => {
    const journal = await SqliteJournal.open({ path, scope: "test" });
    expect(await journal.acquire(owner)).toEqual({ epoch: 4, version: 3, lostEntries: 0 });
    const entries = [];
    for await (const entry of journal.read(0)) entries.push(entry);
    expect(entries).toEqual([
      { seq: 1, epoch: 1, at: 1_700_000_000_001, type: "tick", v: 1, data: { number: 1 } },
      {
        seq: 2,
        epoch: 1,
        at: 1_700_000_000_002,
        type: "tick",
        v: 1,
        data: { number: 2, text: "naïve 😀" },
      },
      { seq: 3, epoch: 3, at: 1_700_000_000_003, type: "tock", v: 2, data: null },
    ]);
    // What a batch was answered with is still known.
    expect(await journal.append(0, 4, [], "a")).toBe(2);
    await journal.append(3, 4, [{ type: "tick", v: 1, at: 0, data: 4 }], "c");
    for await (const damage of journal.findDamage()) expect(damage).toBeNull();
    await journal.close();
    expect([pragmaOf("user_version"), pragmaOf("auto_vacuum")]).toEqual([2, 2]);
  });

  it("R-710 is not changed by a look, which says who migrates it", async () => {
    await expect(SqliteJournal.open({ path, scope: "test", readOnly: true })).rejects.toMatchObject(
      {
        code: "journal_format",
        message: expect.stringContaining("format 1"),
        remedy: expect.stringContaining("daemon"),
      },
    );
    expect(pragmaOf("user_version")).toBe(1);
  });

  it("R-710 is not migrated under a daemon of the version before", async () => {
    const lock = OwnerLock.take(`${path}-lock`);
    await expect(SqliteJournal.open({ path, scope: "test" })).rejects.toMatchObject({
      code: "journal_locked",
    });
    expect(pragmaOf("user_version")).toBe(1);
    lock?.release();
    await (await SqliteJournal.open({ path, scope: "test" })).close();
    expect(pragmaOf("user_version")).toBe(2);
  });
});
