import { setTimeout as after } from "node:timers/promises";
import { SignalboxError } from "@signalbox/contracts";
import { replay } from "@signalbox/orchestrator";
import { locateState } from "@signalbox/workflow";
import { RunHeadings } from "../logs/run-headings.ts";
import { RunsOfIssue, type RunFact } from "../logs/runs-of-issue.ts";
import type { RunReader, ShownEntry } from "../logs/run-reader.ts";
import { clipProtocol, entryLines, requireRunId } from "../logs/transcript-entry.ts";
import { TranscriptReader } from "../logs/transcript-reader.ts";
import { WordsReader } from "../logs/words-reader.ts";
import { issueNamed } from "../observe/issue-named.ts";
import { withJournal } from "../observe/with-journal.ts";
import type { Surroundings } from "../surroundings.ts";
import { plainText } from "../terminal/plain-text.ts";
import { commandWord } from "../terminal/command-word.ts";

export interface LogsOptions {
  readonly issue: string;
  readonly file?: string | undefined;
  readonly stateDir?: string;
  /** This run alone. */
  readonly run?: string;
  /** How many entries from before. */
  readonly lines: number | "all";
  readonly follow: boolean;
  /** The agent's own lines in place of words. */
  readonly raw: boolean;
  readonly json: boolean;
}

const lookEveryMs = 300;
/** How long the transcript of a run may lag behind its events. */
const settledAfterMs = 1_000;

/** Prints what the agent of an issue was told, and what it said and did; the journal says which runs it had. */
export async function logs(options: LogsOptions, surroundings: Surroundings): Promise<void> {
  const { cwd, environment } = surroundings;
  const { file, stateDir } = options;
  const place = { cwd, environment, ...(stateDir === undefined ? {} : { stateDir }) };
  await withJournal(file, place, async (journal) => {
    const { state } = await replay(journal);
    const issue = issueNamed(options.issue, state);
    const claim = state.claims.get(issue.id);
    const printing = {
      ...options,
      name: issue.identifier,
      folder: locateState(file, place).stateDir,
      liveRun: claim?.phase === "running" ? claim.runId : null,
      headings: new RunHeadings(),
    };
    await print(new RunsOfIssue(journal, issue.id), printing, surroundings);
  });
}

interface Printing extends LogsOptions {
  /** Identifier of the issue. */
  readonly name: string;
  /** The state folder. */
  readonly folder: string;
  /** The journal may keep less of the past than a long run needs. */
  readonly liveRun: string | null;
  readonly headings: RunHeadings;
}

async function print(
  runs: RunsOfIssue,
  options: Printing,
  surroundings: Surroundings,
): Promise<void> {
  const facts = await runs.next();
  const told = startedIn(facts);
  const { headings, liveRun } = options;
  headings.learn(facts);
  const known = liveRun === null || told.includes(liveRun) ? told : [...told, liveRun];
  const wanted = options.run === undefined ? known : [ownRun(options.run, known, options.name)];
  if (wanted.length === 0 && !options.follow) throw noRun(options.name);
  const readers = await fromLastLines(wanted, options);
  if (readers.length === 0 && !options.follow) throw noTranscript(options.name);
  for (const reader of readers) await pour(reader, options, surroundings);
  if (!options.follow) return;
  // The transcript of a run that has just begun may be yet to come.
  const [newest] = wanted.slice(-1);
  const last = readers.find(({ runId }) => runId === newest);
  const next = newest === undefined ? null : readerOf(newest, options);
  await follow(runs, last ?? next, options, surroundings);
}

function readerOf(runId: string, { folder, raw, json }: Printing): RunReader {
  return raw || json ? new TranscriptReader(folder, runId) : new WordsReader(folder, runId);
}

/** Readers for the last entries, from as many runs as it takes, oldest first. */
async function fromLastLines(
  runIds: readonly string[],
  options: Printing,
): Promise<readonly RunReader[]> {
  const { lines } = options;
  const readers: RunReader[] = [];
  let left = lines === "all" ? Infinity : lines;
  for (const runId of runIds.toReversed()) {
    const reader = readerOf(runId, options);
    if (!(await reader.isThere())) continue;
    readers.unshift(reader);
    if (lines !== "all") left -= await reader.skipTo(left);
    if (left <= 0) break;
  }
  return readers;
}

async function follow(
  runs: RunsOfIssue,
  last: RunReader | null,
  options: Printing,
  surroundings: Surroundings,
): Promise<void> {
  let reader = last;
  while (!surroundings.out.isClosed) {
    await after(lookEveryMs);
    const facts = await runs.next();
    options.headings.learn(facts);
    const pourOn = (from: RunReader): Promise<void> =>
      pour(from, options, surroundings, settledAt(from.runId, facts));
    if (reader !== null) await pourOn(reader);
    if (options.run === undefined) {
      for (const runId of startedIn(facts)) {
        reader = readerOf(runId, options);
        await pourOn(reader);
      }
    }
    const end = facts.findLast((fact) => fact.type === "released");
    if (end !== undefined && facts.at(-1) === end) {
      surroundings.err.line(`${plainText(options.name)} is released: ${end.reason}`);
      return;
    }
  }
}

/** Up to when all of a run is on the disk: of one that the journal knows to be over, everything. */
function settledAt(runId: string, facts: readonly RunFact[]): number {
  const isOver = facts.some((fact) => fact.type === "ended" && fact.runId === runId);
  return isOver ? Infinity : Date.now() - settledAfterMs;
}

async function pour(
  reader: RunReader,
  { headings, json, raw }: Printing,
  { out, paint }: Surroundings,
  until: number = Infinity,
): Promise<void> {
  const linesOf = (entry: ShownEntry): readonly string[] => {
    if (json) return [JSON.stringify(entry)];
    return entryLines(raw ? entry : clipProtocol(entry), paint);
  };
  for await (const entry of reader.entries(until)) {
    const heading = json ? null : headings.before(entry.run_id);
    if (heading !== null) out.line(paint("bold", heading));
    for (const line of linesOf(entry)) out.line(line);
    await out.ready();
    if (out.isClosed) return;
  }
  const ending = json ? null : headings.after(reader.runId);
  if (ending !== null) out.line(paint("bold", ending));
}

function startedIn(facts: readonly RunFact[]): readonly string[] {
  return facts.flatMap((fact) => (fact.type === "started" ? [fact.runId] : []));
}

function ownRun(text: string, known: readonly string[], name: string): string {
  const runId = requireRunId(text);
  if (known.includes(runId)) return runId;
  throw new SignalboxError("run_unknown", `${runId} is no run of ${name}`, {
    remedy:
      known.length === 0 ? "It has had none yet." : `Its runs are ${known.slice(-20).join(", ")}.`,
  });
}

function noRun(name: string): SignalboxError {
  return new SignalboxError("run_unknown", `${name} has had no run yet`, {
    remedy: `\`signalbox explain ${commandWord(name)}\` says why; --follow waits for its first.`,
  });
}

function noTranscript(name: string): SignalboxError {
  return new SignalboxError(
    "transcript_missing",
    `the transcripts of ${name} are not there any more`,
    { remedy: "`retention.transcript_days` says how long they are kept." },
  );
}
