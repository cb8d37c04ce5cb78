import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { SignalboxError, type NewJournalEntry } from "@signalbox/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SqliteJournal } from "./sqlite-journal.ts";

const owner = { pid: process.pid, host: "here", since: 1_000 };
const never = new AbortController().signal;
const start = 1_700_000_000_000;
let folder: string;
let path: string;
let journal: SqliteJournal;
let epoch: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-compaction-"));
  path = join(folder, "journal.sqlite");
  journal = await SqliteJournal.open({ path, scope: "test" });
  ({ epoch } = await journal.acquire(owner));
});

afterEach(async () => {
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

/** One entry a second from `start` on, and a snapshot after each of `snapshots`. */
async function fill(count: number, snapshots: readonly number[], bytes = 10): Promise<void> {
  const filler = "x".repeat(bytes);
  const entries: NewJournalEntry[] = Array.from({ length: count }, (_, index) => ({
    type: "tick",
    v: 1,
    at: start + (index + 1) * 1_000,
    data: { number: index + 1, filler },
  }));
  await journal.append(0, epoch, entries, "fill");
  for (const seq of snapshots) await journal.saveSnapshot({ seq, v: 1, data: [{ seq }] });
}

async function numbers(after: number, from: SqliteJournal = journal): Promise<number[]> {
  const found: number[] = [];
  for await (const { seq } of from.read(after)) found.push(seq);
  return found;
}

function timeOf(seq: number): number {
  return start + seq * 1_000;
}

describe("compaction", () => {
  it("deletes what the newest snapshot of that time contains, and nothing later", async () => {
    await fill(1_000, [200, 400, 600, 1_000]);
    await journal.compact(timeOf(599), never);
    expect(await journal.stats()).toMatchObject({
      compacted: 400,
      entries: 600,
      first: { seq: 401, at: timeOf(401) },
      snapshots: [{ seq: 400 }, { seq: 600 }, { seq: 1_000 }],
    });
    expect(await numbers(400)).toHaveLength(600);
    expect(await journal.loadSnapshot(599)).toMatchObject({ seq: 400 });
    await expect(numbers(399)).rejects.toMatchObject({
      code: "journal_compacted",
      message: expect.stringContaining(new Date(timeOf(400)).toISOString()),
      remedy: expect.stringContaining("retention.journal_days"),
    });
    for await (const damage of journal.findDamage()) expect(damage).toBeNull();
  });

  it("deletes nothing that no intact snapshot contains", async () => {
    await fill(300, []);
    await journal.compact(timeOf(300), never);
    expect(await numbers(0)).toHaveLength(300);
  });

  it("R-712 still finds the entry of a time, also between the snapshot and the first entry", async () => {
    await fill(1_000, [500]);
    await journal.compact(timeOf(800), never);
    expect(await journal.lastSeqAt(timeOf(700))).toBe(700);
    expect(await journal.lastSeqAt(timeOf(500) + 1)).toBe(500);
    expect(await journal.lastSeqAt(timeOf(499))).toBe(0);
    expect(await journal.lastSeqAt(timeOf(9_999))).toBe(1_000);
  });

  it("leaves the numbers where they are when everything was deleted", async () => {
    await fill(10, [10]);
    await journal.compact(timeOf(10), never);
    expect(await journal.stats()).toMatchObject({ entries: 0, first: null, version: 10 });
    await journal.close();
    journal = await SqliteJournal.open({ path, scope: "test" });
    const tenure = await journal.acquire(owner);
    expect(tenure).toMatchObject({ version: 10, lostEntries: 0 });
    const entry = { type: "tick", v: 1, at: timeOf(11), data: 11 };
    expect(await journal.append(10, tenure.epoch, [entry], "next")).toBe(11);
    expect(await numbers(10)).toEqual([11]);
  });

  it("R-713 a wrong clock neither keeps everything nor deletes what is new", async () => {
    const at = [1_000, 2_000, 9_999_000, 3_000, 4_000, 500, 5_000, 6_000];
    const entries = at.map((offset) => ({ type: "tick", v: 1, at: start + offset, data: 0 }));
    await journal.append(0, epoch, entries, "a");
    for (const seq of [2, 4, 6]) await journal.saveSnapshot({ seq, v: 1, data: seq });
    await journal.compact(start + 3_500, never);
    expect((await journal.stats()).compacted).toBe(4);
  });

  it("gives the space back, and lets appends in between its steps", async () => {
    await fill(20_000, [19_000], 1_000);
    const before = (await journal.stats()).bytes.file;
    let version = 20_000;
    const done = new AbortController();
    const compacting = journal.compact(timeOf(19_500), never).finally(() => done.abort());
    while (!done.signal.aborted) {
      const entry = { type: "tock", v: 1, at: timeOf(version), data: 0 };
      version = await journal.append(version, epoch, [entry], `append-${version}`);
      await setImmediate();
    }
    await compacting;
    expect(version).toBeGreaterThan(20_050);
    expect(await numbers(19_000)).toHaveLength(version - 19_000);
    await journal.close();
    expect(before).toBeGreaterThan(20_000_000);
    expect(statSync(path).size).toBeLessThan(before / 5);
    journal = await SqliteJournal.open({ path, scope: "test" });
  });

  it("stops when it is told to, and finishes the next time", async () => {
    await fill(5_000, [5_000]);
    const stop = new AbortController();
    const compacting = journal.compact(timeOf(5_000), stop.signal);
    await setImmediate();
    stop.abort();
    await compacting;
    // What is still in the file is gone for every reader.
    await expect(numbers(4_000)).rejects.toMatchObject({ code: "journal_compacted" });
    expect((await journal.stats()).entries).toBe(0);
    await journal.compact(timeOf(5_000), never);
    expect(await numbers(5_000)).toEqual([]);
  });

  it("R-707 is refused without ownership", async () => {
    const reader = await SqliteJournal.open({ path, scope: "test", readOnly: true });
    const error: unknown = await reader.compact(0, never).catch((reason: unknown) => reason);
    await reader.close();
    expect(SignalboxError.isInstance(error) && error.code).toBe("journal_read_only");
  });

  it("a reader on the way is told, where the entries before it went away", async () => {
    await fill(3_000, [3_000]);
    const reader = await SqliteJournal.open({ path, scope: "test", readOnly: true });
    const reading = (async () => {
      for await (const { seq } of reader.read(0)) {
        if (seq === 1_000) await journal.compact(timeOf(3_000), never);
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: "journal_compacted" });
    await reader.close();
  });
});
