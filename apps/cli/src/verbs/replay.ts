import { hashState, type Claim, type Gate, type OrchestratorState } from "@signalbox/core";
import type { SqliteJournal } from "@signalbox/journal-sqlite";
import {
  loadBase,
  replay,
  replayAt,
  replaySteps,
  verifyReplay,
  type Replayed,
  type ReplayStep,
} from "@signalbox/orchestrator";
import { formatInstant, gateText } from "@signalbox/views";
import { seqBefore } from "../observe/journal-range.ts";
import { parseMoment, parsePoint, type Point } from "../observe/moment.ts";
import { printWhole } from "../observe/print-whole.ts";
import { replayLines } from "../observe/verdict-lines.ts";
import { withJournal } from "../observe/with-journal.ts";
import type { VerbStatus } from "../program.ts";
import type { Surroundings } from "../surroundings.ts";
import { plainText } from "../terminal/plain-text.ts";
import { snakeKeys } from "../terminal/snake-keys.ts";

export interface ReplayOptions {
  readonly file?: string | undefined;
  readonly stateDir?: string;
  readonly at?: string;
  readonly from?: string;
  readonly step: boolean;
  readonly verify: boolean;
  readonly json: boolean;
}

/** Rebuilds the state from the journal; `1` where a snapshot says something else than the entries. */
export async function replayJournal(
  options: ReplayOptions,
  surroundings: Surroundings,
): Promise<VerbStatus> {
  const now = Date.now();
  const at = options.at === undefined ? null : parseMoment(options.at, now);
  const from = options.from === undefined ? null : parsePoint(options.from, now);
  const { cwd, environment } = surroundings;
  const { file, stateDir } = options;
  const place = { cwd, environment, ...(stateDir === undefined ? {} : { stateDir }) };
  return withJournal(file, place, async (journal) => {
    const replayed = at === null ? await replay(journal) : await replayAt(journal, at);
    if (options.step) {
      const steps = stepLines(journal, from, replayed.version, options.json);
      await printWhole(steps, surroundings.out);
      return 0;
    }
    return printSummary(journal, replayed, options, surroundings);
  });
}

async function printSummary(
  journal: SqliteJournal,
  replayed: Replayed,
  { verify, json }: ReplayOptions,
  surroundings: Surroundings,
): Promise<VerbStatus> {
  const { out } = surroundings;
  const verdict = verify ? await verifyReplay(journal) : null;
  const summary = summaryOf(replayed);
  if (json) out.line(JSON.stringify(snakeKeys({ ...summary, verify: verdict })));
  else for (const line of summaryLines(summary)) out.line(line);
  if (verdict === null) return 0;
  if (!json) for (const line of replayLines(verdict, null, surroundings)) out.line(line);
  return verdict.snapshots.every(({ hash, foldedHash }) => hash === foldedHash) ? 0 : 1;
}

/** What `--json` prints. */
interface StateSummary extends Readonly<Record<Claim["phase"], number>> {
  /** The last entry. */
  readonly version: number;
  readonly at: number;
  readonly epoch: number;
  readonly hash: string;
  /** The entry after which the snapshot was taken that it began with; 0: with nothing. */
  readonly snapshot: number;
  readonly issues: number;
  readonly orders: number;
  readonly gates: readonly Gate[];
  readonly totals: OrchestratorState["totals"];
}

function summaryOf({ state, version, snapshotSeq }: Replayed): StateSummary {
  const phases = { running: 0, retrying: 0, parked: 0, delivering: 0 };
  for (const claim of state.claims.values()) phases[claim.phase] += 1;
  return {
    version,
    at: state.at,
    epoch: state.epoch,
    hash: hashState(state),
    snapshot: snapshotSeq,
    issues: state.issues.size,
    ...phases,
    orders: state.orders.size,
    gates: Object.values(state.gates),
    totals: state.totals,
  };
}

function summaryLines(summary: StateSummary): readonly string[] {
  const { version, at, epoch, hash, snapshot, totals } = summary;
  const start = snapshot === 0 ? "the first entry" : `the snapshot after entry ${snapshot}`;
  return [
    `State ${hash} after entry ${version}, ${formatInstant(at)}, epoch ${epoch}; folded from ${start}.`,
    `Issues ${summary.issues}: ${summary.running} running, ${summary.retrying} retrying, ${summary.parked} parked, ${summary.delivering} delivering.`,
    `Writes to the tracker under way: ${summary.orders}. Runs so far: ${totals.runs}, ${totals.tokens} tokens.`,
    ...summary.gates.map((gate) => `Nothing starts: ${plainText(gateText(gate).text)}`),
  ];
}

async function* stepLines(
  journal: SqliteJournal,
  from: Point | null,
  last: number,
  isJson: boolean,
): AsyncIterable<string> {
  const first = await seqBefore(journal, from);
  const base = await loadBase(journal, first);
  for await (const step of replaySteps(journal, base, last)) {
    if (step.entry.seq <= first) continue;
    if (isJson) yield JSON.stringify(jsonOf(step));
    else yield* textOf(step);
  }
}

function jsonOf({ entry, decided }: ReplayStep): object {
  const { seq, epoch, at, type, data } = entry;
  const input = typeof data === "object" && data !== null && "input" in data ? data["input"] : null;
  return { seq, epoch, at, type, input, decided };
}

function* textOf({ entry, decided }: ReplayStep): Generator<string> {
  yield `${entry.seq}  ${new Date(entry.at).toISOString()}  ${plainText(entry.type)}`;
  for (const fact of decided) {
    // Its time is that of the entry.
    const rest = Object.entries(fact).filter(([key]) => key !== "at" && key !== "type");
    yield `    ${fact.type} ${plainText(JSON.stringify(Object.fromEntries(rest)))}`;
  }
}
