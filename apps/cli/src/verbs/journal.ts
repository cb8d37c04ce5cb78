import { SignalboxError, type JournalEntry } from "@signalbox/contracts";
import type { JournalDamage, SqliteJournal } from "@signalbox/journal-sqlite";
import { verifyReplay, type ReplayVerdict } from "@signalbox/orchestrator";
import { parsePoint } from "../observe/moment.ts";
import { printWhole } from "../observe/print-whole.ts";
import { pastEnd, seqBefore } from "../observe/journal-range.ts";
import { statsLines } from "../observe/stats-lines.ts";
import { verdictLines } from "../observe/verdict-lines.ts";
import { withJournal } from "../observe/with-journal.ts";
import type { VerbStatus } from "../program.ts";
import type { Surroundings } from "../surroundings.ts";
import { snakeKeys } from "../terminal/snake-keys.ts";
import { failureOf, type Failure } from "../terminal/failure.ts";

export interface JournalOptions {
  readonly file?: string | undefined;
  readonly stateDir?: string;
  readonly json: boolean;
}

export interface ExportOptions extends JournalOptions {
  readonly from?: string;
  readonly to?: string;
}

/** What a look at everything found. */
export interface JournalVerdict {
  readonly damage: readonly JournalDamage[];
  /** `null`: the entries cannot be folded, and `replayError` says why. */
  readonly replay: ReplayVerdict | null;
  readonly replayError: Failure | null;
  readonly isIntact: boolean;
}

/** Looks at every page, checksum and number, and folds every entry; `1` where something is not as it was written. */
export async function verifyJournal(
  options: JournalOptions,
  surroundings: Surroundings,
): Promise<VerbStatus> {
  const verdict = await open(options, surroundings, async (journal) => verdictOf(journal));
  const { out } = surroundings;
  if (options.json) out.line(JSON.stringify(snakeKeys(verdict)));
  else for (const line of verdictLines(verdict, surroundings)) out.line(line);
  return verdict.isIntact ? 0 : 1;
}

/** Prints what the journal holds. */
export async function journalStats(
  options: JournalOptions,
  surroundings: Surroundings,
): Promise<void> {
  const stats = await open(options, surroundings, (journal) => journal.stats());
  const { out } = surroundings;
  if (options.json) out.line(JSON.stringify(snakeKeys(stats)));
  else for (const line of statsLines(stats, surroundings)) out.line(line);
}

/** Prints entries, one JSON object a line. */
export async function exportJournal(
  options: ExportOptions,
  surroundings: Surroundings,
): Promise<void> {
  const now = Date.now();
  const from = options.from === undefined ? null : parsePoint(options.from, now);
  const to = options.to === undefined ? null : parsePoint(options.to, now);
  await open(options, surroundings, async (journal) => {
    const after = await seqBefore(journal, from);
    const last = await pastEnd(journal, to);
    await printWhole(exported(journal, after, last), surroundings.out);
  });
}

async function open<Result>(
  { file, stateDir }: JournalOptions,
  { cwd, environment }: Surroundings,
  use: (journal: SqliteJournal) => Promise<Result>,
): Promise<Result> {
  const place = { cwd, environment, ...(stateDir === undefined ? {} : { stateDir }) };
  return withJournal(file, place, use);
}

async function verdictOf(journal: SqliteJournal): Promise<JournalVerdict> {
  const damage: JournalDamage[] = [];
  for await (const found of journal.findDamage()) damage.push(found);
  const { replay, replayError } = await foldAll(journal);
  const isIntact =
    damage.length === 0 &&
    replay !== null &&
    replay.snapshots.every(({ hash, foldedHash }) => hash === foldedHash);
  return { damage, replay, replayError, isIntact };
}

async function foldAll(
  journal: SqliteJournal,
): Promise<Pick<JournalVerdict, "replay" | "replayError">> {
  try {
    return { replay: await verifyReplay(journal), replayError: null };
  } catch (error) {
    if (!SignalboxError.isInstance(error)) throw error;
    return { replay: null, replayError: failureOf(error) };
  }
}

async function* exported(
  journal: SqliteJournal,
  after: number,
  last: number,
): AsyncIterable<string> {
  if (after >= last) return;
  for await (const entry of journal.read(after)) {
    yield JSON.stringify(inOrder(entry));
    if (entry.seq >= last) return;
  }
}

function inOrder({ seq, epoch, at, type, v, data }: JournalEntry): JournalEntry {
  return { seq, epoch, at, type, v, data };
}
