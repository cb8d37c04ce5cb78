import { SignalboxError } from "@signalbox/contracts";
import { createEmptyState, hashState, restoreState } from "@signalbox/core";
import { describe, expect, it } from "vitest";
import { configOf } from "./__fixtures__/config.ts";
import { settle, SimulatedClock } from "./__fixtures__/simulated-clock.ts";
import { HandJournal } from "./__fixtures__/world.ts";
import { JournalUpkeep } from "./journal-upkeep.ts";

const hourMs = 3_600_000;

class CompactingJournal extends HandJournal {
  readonly compacted: number[] = [];
  saves = 0;

  override async saveSnapshot(snapshot: Parameters<HandJournal["saveSnapshot"]>[0]): Promise<void> {
    this.saves += 1;
    if (this.failure !== null) throw this.failure;
    await super.saveSnapshot(snapshot);
  }

  async compact(before: number): Promise<void> {
    this.compacted.push(before);
  }
}

function upkeep(snapshotSeq = 0) {
  const clock = new SimulatedClock();
  const journal = new CompactingJournal();
  const latest = { state: createEmptyState(), version: snapshotSeq };
  const told: string[] = [];
  const config = configOf({ retention: { journalDays: 2, transcriptDays: 1, spoolDays: 1 } });
  const kept = new JournalUpkeep(snapshotSeq, {
    clock,
    journal,
    config: { current: () => config },
    latest: () => latest,
    onFailure: (_error, doing) => told.push(doing),
    onSuccess: () => undefined,
  });
  return { clock, journal, latest, told, kept };
}

describe("a snapshot", () => {
  it("is saved every 20,000 entries, counted from the one before also over a restart", async () => {
    const { journal, latest, kept } = upkeep(70_000);
    latest.version = 89_999;
    kept.onCommit();
    await settle();
    expect(journal.saves).toBe(0);
    latest.version = 90_000;
    kept.onCommit();
    kept.onCommit();
    await settle();
    expect(journal.saves).toBe(1);
    expect(journal.snapshot?.seq).toBe(90_000);
    expect(hashState(restoreState(journal.snapshot?.data ?? null))).toBe(hashState(latest.state));
  });

  it("R-709 that cannot be saved is told, and tried again later, not with every commit", async () => {
    const { journal, latest, told, kept } = upkeep();
    journal.failure = new SignalboxError("journal_full", "no space left", { retryable: true });
    for (latest.version = 20_000; latest.version < 22_000; latest.version += 100) {
      kept.onCommit();
      await settle();
    }
    expect([journal.saves, told.length]).toEqual([1, 1]);
    journal.failure = null;
    kept.onCommit();
    await settle();
    expect(journal.snapshot?.seq).toBe(22_000);
  });
});

describe("every six hours", () => {
  it("saves what is new, and deletes what is older than the retention", async () => {
    const { clock, journal, latest, kept } = upkeep();
    kept.begin();
    latest.version = 5;
    await clock.advance(60_000);
    expect(journal.snapshot?.seq).toBe(5);
    expect(journal.compacted).toEqual([clock.now() - 48 * hourMs]);
    await clock.advance(6 * hourMs);
    expect(journal.saves).toBe(1);
    expect(journal.compacted).toHaveLength(2);
  });

  it("ends with a last snapshot, and leaves no timer", async () => {
    const { clock, journal, latest, kept } = upkeep();
    kept.begin();
    latest.version = 3;
    await kept.close();
    expect(journal.snapshot?.seq).toBe(3);
    expect(clock.pending).toBe(0);
  });
});
