import {
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Issue, JournalSnapshot, NewJournalEntry } from "@signalbox/contracts";
import {
  applyEvent,
  createEmptyState,
  defaultPolicy,
  factForm,
  factsVersion,
  snapshotOf,
  snapshotParts,
  snapshotVersion,
  type OrchestratorState,
} from "@signalbox/core";
import { SqliteJournal } from "@signalbox/journal-sqlite";
import { replay } from "@signalbox/orchestrator";
import { percentile } from "./statistics.ts";

const owner = { pid: process.pid, host: "bench", since: 0 };
const start = 1_700_000_000_000;
const measuredMs = 2_000;
const longEntries = 1_000_000;
const longTail = 20_000;

/** Appends, snapshots and recovery of the journal, beside what the same disk can do at best. */
export async function benchJournal(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-bench-"));
  try {
    console.log(
      "\nDurable events: SQLite journal beside bare write + fdatasync, same bytes, same disk",
    );
    for (const batch of [1, 10, 100]) await appends(folder, batch);
    console.log("\nSnapshots");
    for (const issues of [10_000, 100_000]) await snapshots(folder, issues);
    await recovery(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An entry of middling size: an issue is seen in another state. */
function entryOf(number: number): NewJournalEntry {
  const decided = [
    {
      type: "run-progress-recorded",
      issueId: `issue-${number % 500}`,
      runId: `run-${number}`,
      spoolSeq: number,
      lastEventAt: start + number,
      usage: { tokens: number, costUsd: null },
    },
  ];
  const input = {
    type: "run-progressed",
    issueId: `issue-${number % 500}`,
    runId: `run-${number}`,
  };
  return { type: "run-progressed", v: factsVersion, at: start + number, data: { input, decided } };
}

async function appends(folder: string, batch: number): Promise<void> {
  const path = join(folder, `append-${batch}.sqlite`);
  const journal = await SqliteJournal.open({ path, scope: "bench" });
  const { epoch } = await journal.acquire(owner);
  const text = Buffer.from(JSON.stringify(Array.from({ length: batch }, (_, at) => entryOf(at))));
  const descriptor = openSync(join(folder, `floor-${batch}`), "w");
  const floorMs: number[] = [];
  const journalMs: number[] = [];
  let version = 0;
  // By turns, so that both meet the same moods of the disk.
  for (const end = performance.now() + 2 * measuredMs; performance.now() < end;) {
    const entries = Array.from({ length: batch }, (_, at) => entryOf(version + at));
    const before = performance.now();
    writeSync(descriptor, text);
    fdatasyncSync(descriptor);
    const between = performance.now();
    version = await journal.append(version, epoch, entries, `bench-${version}`);
    floorMs.push(between - before);
    journalMs.push(performance.now() - between);
  }
  closeSync(descriptor);
  await journal.close();
  const floor = percentile(floorMs, 0.5);
  const p50 = percentile(journalMs, 0.5);
  console.log(
    `  ${String(batch).padStart(3)} a commit   ${rate(journalMs, batch)} events/s, p50 ${p50.toFixed(3)} ms, p99 ${percentile(journalMs, 0.99).toFixed(2)} ms; floor ${rate(floorMs, batch)} events/s, p50 ${floor.toFixed(3)} ms: ${(p50 / floor).toFixed(2)}x`,
  );
}

function rate(times: readonly number[], batch: number): string {
  const totalMs = times.reduce((sum, each) => sum + each, 0);
  return ((times.length * batch * 1_000) / totalMs).toFixed(0);
}

function stateWith(count: number): OrchestratorState {
  const issues = Array.from({ length: count }, (_, index): Issue => ({
    id: `issue-${index}`,
    identifier: `BENCH-${index}`,
    title: `Issue number ${index} of the bench`,
    description: null,
    state: "todo",
    stateKind: null,
    priority: index % 4,
    labels: ["agent"],
    blockedBy: [],
    assignee: null,
    branchName: null,
    url: `https://example.invalid/${index}`,
    createdAt: "2026-01-01T00:00:00Z",
    updatedAt: null,
    notDispatchable: null,
    nativeRef: {},
  }));
  const policy = { ...defaultPolicy, activeStates: ["todo"], maxConcurrentAgents: 0 };
  const event = {
    type: "issues-observed",
    at: start,
    scope: "full",
    issues,
    removedIds: [],
  } as const;
  return applyEvent(createEmptyState(policy), event).state;
}

async function snapshots(folder: string, count: number): Promise<void> {
  const path = join(folder, `snapshot-${count}.sqlite`);
  const journal = await SqliteJournal.open({ path, scope: "bench" });
  const { epoch } = await journal.acquire(owner);
  await journal.append(0, epoch, [entryOf(0)], "first");
  const state = stateWith(count);
  const stall = new StallWatch();
  const begun = performance.now();
  const data = [];
  for (const part of snapshotParts(state)) {
    data.push(part);
    await stall.rest();
  }
  await journal.saveSnapshot({ seq: 1, v: snapshotVersion, data });
  const savedMs = performance.now() - begun;
  const longestMs = stall.stop();
  const before = performance.now();
  await replay(journal);
  const restoredMs = performance.now() - before;
  const { snapshots: kept } = await journal.stats();
  await journal.close();
  console.log(
    `  ${String(count).padStart(6)} issues  ${((kept[0]?.bytes ?? 0) / 2 ** 20).toFixed(1)} MiB; saved in ${savedMs.toFixed(0)} ms, main thread held for ${longestMs.toFixed(1)} ms at most; restored in ${restoredMs.toFixed(0)} ms`,
  );
}

/** The longest time for which nothing else could run. */
class StallWatch {
  #last = performance.now();
  #longestMs = 0;
  #timer = setInterval(() => this.#tick(), 0);

  /** Lets others run. */
  async rest(): Promise<void> {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }

  stop(): number {
    this.#tick();
    clearInterval(this.#timer);
    return this.#longestMs;
  }

  #tick(): void {
    const now = performance.now();
    this.#longestMs = Math.max(this.#longestMs, now - this.#last);
    this.#last = now;
  }
}

async function recovery(folder: string): Promise<void> {
  const path = join(folder, "long.sqlite");
  const state = stateWith(1_000);
  const snapshot: JournalSnapshot = {
    seq: longEntries - longTail,
    v: snapshotVersion,
    data: snapshotOf(state),
  };
  await writeLong(path, state, snapshot);
  const bytes = statSync(path).size;
  const before = performance.now();
  const journal = await SqliteJournal.open({ path, scope: "bench" });
  await journal.acquire(owner);
  const { version } = await replay(journal);
  const recoveredMs = performance.now() - before;
  const between = performance.now();
  let read = 0;
  for await (const { seq } of journal.read(0)) read = seq;
  const readMs = performance.now() - between;
  const replayedMs = await timeOfFold(journal);
  const compactMs = await timeOfCompaction(journal);
  await journal.close();
  console.log(
    `\nA journal of ${version.toLocaleString("en")} entries (${(bytes / 2 ** 20).toFixed(0)} MiB), a snapshot, ${longTail.toLocaleString("en")} entries after it`,
  );
  console.log(
    `  recovery: open, own, snapshot, tail      ${recoveredMs.toFixed(0)} ms (goal: under 1,000)`,
  );
  console.log(
    `  read and check every entry               ${((read / readMs) * 1_000).toFixed(0)} entries/s`,
  );
  console.log(
    `  read, check and fold                     ${((longTail / replayedMs) * 1_000).toFixed(0)} entries/s`,
  );
  console.log(
    `  compaction of all but the tail           ${compactMs.totalMs.toFixed(0)} ms, main thread held for ${compactMs.longestMs.toFixed(1)} ms at most; ${(statSync(path).size / 2 ** 20).toFixed(0)} MiB left`,
  );
}

async function writeLong(
  path: string,
  state: OrchestratorState,
  snapshot: JournalSnapshot,
): Promise<void> {
  const journal = await SqliteJournal.open({ path, scope: "bench" });
  const { epoch } = await journal.acquire(owner);
  const policy = factForm([{ type: "policy-changed", at: start, policy: state.policy }]);
  const first = {
    type: "daemon-started",
    v: factsVersion,
    at: start,
    data: { input: null, decided: policy },
  };
  let version = await journal.append(0, epoch, [first], "first");
  while (version < longEntries) {
    const size = Math.min(1_000, longEntries - version);
    const entries = Array.from({ length: size }, (_, at) => entryOf(version + at));
    version = await journal.append(version, epoch, entries, `fill-${version}`);
  }
  await journal.saveSnapshot(snapshot);
  await journal.close();
}

/** Of the tail, again: by now it is warm, and the snapshot is not counted. */
async function timeOfFold(journal: SqliteJournal): Promise<number> {
  const empty = performance.now();
  await replay(journal, longEntries - longTail);
  const baseMs = performance.now() - empty;
  const begun = performance.now();
  await replay(journal);
  return performance.now() - begun - baseMs;
}

async function timeOfCompaction(
  journal: SqliteJournal,
): Promise<{ readonly totalMs: number; readonly longestMs: number }> {
  const stall = new StallWatch();
  const begun = performance.now();
  await journal.compact(start + longEntries, new AbortController().signal);
  return { totalMs: performance.now() - begun, longestMs: stall.stop() };
}
