import { readFileSync } from "node:fs";
import type { JournalEntry, JournalSnapshot } from "@signalbox/contracts";
import { hashState } from "@signalbox/core";
import { describe, expect, it } from "vitest";
import { HandJournal } from "./__fixtures__/world.ts";
import { decidedIn, replay, replayAt, replaySteps } from "./replay.ts";
import { verifyReplay } from "./verify-replay.ts";

interface KeptJournal {
  readonly snapshot: JournalSnapshot;
  readonly entries: readonly JournalEntry[];
}

/** A journal as the first version of the facts wrote it, with a snapshot after its 20th entry. */
function journalOfVersion1(): HandJournal {
  const file = new URL("__fixtures__/journal-v1.json", import.meta.url);
  const kept: KeptJournal = JSON.parse(readFileSync(file, "utf8"));
  const journal = new HandJournal();
  journal.entries = [...kept.entries];
  journal.snapshot = kept.snapshot;
  return journal;
}

describe("a journal of an earlier version", () => {
  it("R-710 gives the same state from its entries and from its snapshot", async () => {
    const journal = journalOfVersion1();
    const verdict = await verifyReplay(journal);
    expect(verdict).toMatchObject({ from: 0, version: 37 });
    expect(verdict.snapshots).toHaveLength(1);
    expect(verdict.snapshots[0]?.foldedHash).toBe(verdict.snapshots[0]?.hash);
    const { state, snapshotSeq } = await replay(journal);
    expect(snapshotSeq).toBe(20);
    expect(hashState(state)).toBe(verdict.hash);
    expect([...state.claims.entries()].map(([id, { phase }]) => `${id} ${phase}`)).toEqual([
      "b running",
      "d running",
      "f retrying",
    ]);
  });

  it("R-710 of a newer version is refused, entry or snapshot, and says what to do", async () => {
    const journal = journalOfVersion1();
    const last = journal.entries.at(-1);
    if (last === undefined) throw new Error("the fixture is empty");
    journal.entries.splice(-1, 1, { ...last, v: 99 });
    await expect(replay(journal)).rejects.toMatchObject({
      code: "journal_format",
      message: expect.stringContaining("entry 37"),
      remedy: expect.stringContaining("newer"),
    });
    expect(() => decidedIn({ ...last, data: { decided: [{ type: "unheard-of" }] } })).toThrow(
      "not one that this version can read",
    );
    journal.snapshot = { seq: 20, v: 99, data: [{ v: 99 }] };
    await expect(replay(journal)).rejects.toMatchObject({
      code: "journal_format",
      message: expect.stringContaining("snapshot after journal entry 20"),
      remedy: expect.stringContaining("newer"),
    });
  });
});

describe("the past", () => {
  it("R-712 is the state after the last entry that is not later", async () => {
    const journal = journalOfVersion1();
    const hashes = new Map<number, string>();
    const base = await replay(journal, 0);
    for await (const { entry, state } of replaySteps(journal, base)) {
      hashes.set(entry.seq, hashState(state));
    }
    for (const { at } of journal.entries) {
      const last = journal.entries.findLast((entry) => entry.at <= at);
      const { state, version } = await replayAt(journal, at);
      expect(version).toBe(last?.seq);
      expect(hashState(state)).toBe(hashes.get(version));
    }
  });

  it("R-712 has a beginning, before which nothing is known", async () => {
    await expect(replayAt(journalOfVersion1(), 1)).rejects.toMatchObject({
      code: "journal_no_past",
      message: expect.stringContaining("1970-01-01"),
    });
  });
});

it("a snapshot that says something else than the entries is found", async () => {
  const journal = journalOfVersion1();
  const { data } = journal.snapshot ?? { data: null };
  journal.snapshot = { seq: 21, v: 1, data };
  const { snapshots } = await verifyReplay(journal);
  expect(snapshots[0]?.seq).toBe(21);
  expect(snapshots[0]?.foldedHash).not.toBe(snapshots[0]?.hash);
});
