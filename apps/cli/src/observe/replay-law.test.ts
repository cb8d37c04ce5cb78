import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Issue, RunOutcome } from "@signalbox/contracts";
import {
  applyEvent,
  createEmptyState,
  defaultPolicy,
  factForm,
  factsVersion,
  hashState,
  journalForm,
  snapshotOf,
  snapshotVersion,
  type OrchestratorEvent,
  type OrchestratorState,
} from "@signalbox/core";
import { SqliteJournal } from "@signalbox/journal-sqlite";
import { replay, replayAt, verifyReplay } from "@signalbox/orchestrator";
import * as fc from "fast-check";
import { expect, it } from "vitest";

const start = 1_700_000_000_000;
const ids = ["a", "b", "c", "d"];
const outcomes: readonly RunOutcome[] = [
  { kind: "succeeded" },
  { kind: "failed", code: "agent-exit", retryable: true, message: "exit 1" },
  { kind: "needs-input", question: "which?" },
  { kind: "lost", message: "gone" },
];

function issueOf(id: string, state: string, priority: number): Issue {
  return {
    id,
    identifier: id.toUpperCase(),
    title: `Issue ${id}`,
    description: null,
    state,
    stateKind: null,
    priority,
    labels: [],
    blockedBy: [],
    assignee: null,
    branchName: null,
    url: null,
    createdAt: null,
    updatedAt: null,
    notDispatchable: null,
    nativeRef: {},
  };
}

/** What may happen next: the dice picks a kind of input, and one that fits the state. */
function inputFor(state: OrchestratorState, at: number, dice: number): OrchestratorEvent {
  const claimed = [...state.claims.entries()].find(([, claim]) => claim.phase === "running");
  const issueId = ids[dice % ids.length] ?? "a";
  const kind = Math.floor(dice / 10) % 6;
  if (kind < 2) {
    const states = ["todo", "todo", "doing", "done"];
    const issues = ids
      .slice(dice % 3)
      .map((id, index) => issueOf(id, states[(dice + index) % 4] ?? "", dice % 5));
    return { type: "issues-observed", at, scope: "full", issues, removedIds: [] };
  }
  if (claimed?.[1].phase !== "running" || kind === 2) return { type: "time-passed", at };
  const [id, { runId, runPhase }] = claimed;
  const known = state.issues.get(id);
  if (runPhase === "checking" && known !== undefined) {
    const issue = issueOf(id, known.state, known.priority ?? 0);
    return { type: "issue-checked", at, issueId: id, runId, issue };
  }
  if (kind === 3) return { type: "stop-requested", at, issueId, by: "law" };
  const outcome = outcomes[dice % outcomes.length] ?? { kind: "succeeded" };
  const ending = { outcome, fingerprint: null, turns: 1 };
  return { type: "run-ended", at, issueId: id, runId, ending, usage: null };
}

/** A journal and the state that its writer has in memory. */
class Writer implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "signalbox-law-"));
  readonly #never = new AbortController().signal;
  #journal: SqliteJournal | null = null;
  #epoch = 0;
  at: number = start;
  version = 0;
  state: OrchestratorState = createEmptyState();
  /** What the state was after each entry. */
  readonly hashes = new Map<number, string>();

  get journal(): SqliteJournal {
    if (this.#journal === null) throw new Error("not open");
    return this.#journal;
  }

  /** A new daemon: it knows what the journal says, and nothing else. */
  async open(): Promise<void> {
    await this.#journal?.close();
    const path = join(this.#folder, "journal.sqlite");
    this.#journal = await SqliteJournal.open({ path, scope: "law" });
    const tenure = await this.#journal.acquire({ pid: process.pid, host: "here", since: 0 });
    this.#epoch = tenure.epoch;
    const { state, version } = await replay(this.#journal);
    if (version !== this.version || hashState(state) !== hashState(this.state)) {
      throw new Error(`entry ${this.version} was left, and ${version} is found`);
    }
    this.state = state;
    const policy = { ...defaultPolicy, activeStates: ["todo", "doing"], terminalStates: ["done"] };
    await this.take({ type: "daemon-started", at: this.at, epoch: this.#epoch, policy });
  }

  async take(event: OrchestratorEvent): Promise<void> {
    const { state, decided } = applyEvent(this.state, event);
    if (decided.length === 0) return;
    const data = { input: journalForm(event), decided: factForm(decided) };
    const entry = { type: event.type, v: factsVersion, at: event.at, data };
    const key = `${this.#epoch}:${this.version}`;
    this.version = await this.journal.append(this.version, this.#epoch, [entry], key);
    this.state = state;
    this.hashes.set(this.version, hashState(state));
  }

  async snapshot(): Promise<void> {
    const data = snapshotOf(this.state);
    await this.journal.saveSnapshot({ seq: this.version, v: snapshotVersion, data });
  }

  async compact(share: number): Promise<void> {
    await this.journal.compact(start + (this.at - start) * share, this.#never);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#journal?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const step = fc.oneof(
  { weight: 12, arbitrary: fc.nat({ max: 10_000 }).map((dice) => ({ do: "take", dice }) as const) },
  { weight: 2, arbitrary: fc.constant({ do: "snapshot" } as const) },
  {
    weight: 2,
    arbitrary: fc
      .double({ min: 0, max: 1, noNaN: true })
      .map((share) => ({ do: "compact", share }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ do: "restart" } as const) },
);

it("R-701 R-712 what is live is what is replayed, now and at any time kept, whatever was snapshot, compacted and restarted", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      await using writer = new Writer();
      await writer.open();
      for (const next of steps) {
        if (next.do === "take") {
          writer.at += 1 + (next.dice % 60_000);
          await writer.take(inputFor(writer.state, writer.at, next.dice));
        } else if (next.do === "snapshot") await writer.snapshot();
        else if (next.do === "compact") await writer.compact(next.share);
        else await writer.open();
      }
      const { journal } = writer;
      const live = await replay(journal);
      expect(hashState(live.state)).toBe(hashState(writer.state));
      const verdict = await verifyReplay(journal);
      expect(verdict).toMatchObject({ hash: hashState(writer.state), version: writer.version });
      for (const { hash, foldedHash } of verdict.snapshots) expect(hash).toBe(foldedHash);
      for await (const { seq, at } of journal.read(verdict.from)) {
        if (seq % 4 !== 0) continue;
        const past = await replayAt(journal, at);
        expect(past.version).toBeGreaterThanOrEqual(seq);
        expect(hashState(past.state)).toBe(writer.hashes.get(past.version));
      }
      for await (const damage of journal.findDamage()) expect(damage).toBeNull();
    }),
    { numRuns: 12 },
  );
});
