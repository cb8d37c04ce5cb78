import { SignalboxError } from "@signalbox/contracts";
import { formatCount } from "@signalbox/views";
import * as v from "valibot";
import type { Paint, Tone } from "../terminal/palette.ts";
import { plainLines } from "../terminal/plain-text.ts";
import type { FileLine } from "./line-file.ts";
import type { ShownEntry } from "./run-reader.ts";

/** Something that was said in a run. The stable form of `logs --json`; see the README. */
export interface TranscriptEntry {
  readonly run_id: string;
  /** Epoch milliseconds; `null` where the transcript does not say. */
  readonly at: number | null;
  /** `agent`, `prompt`, or `signalbox` for what is to be known of the transcript itself. */
  readonly source: string;
  readonly text: string;
}

const entrySchema = v.object({ at: v.number(), source: v.string(), text: v.string() });

/** A line of a transcript. One that is damaged is given as it is. */
export function transcriptEntry(runId: string, line: FileLine): TranscriptEntry {
  if (typeof line !== "string") {
    const text = `A line of ${line.bytes} bytes is left out.`;
    return { run_id: runId, at: null, source: "signalbox", text };
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), entrySchema), line);
  return parsed.success
    ? { run_id: runId, ...parsed.output }
    : { run_id: runId, at: null, source: "signalbox", text: line };
}

/** What an agent's program says by its protocol may be tens of kilobytes in a line. */
const shownCharacters = 1_000;
const marginCharacters = 19;

/** Lines for people: time and source before the first, blanks before the others. No control bytes. */
export function entryLines(entry: ShownEntry, paint: Paint): readonly string[] {
  const { at, source, text } = entry;
  const time = at === null ? "        " : new Date(at).toTimeString().slice(0, 8);
  const head = `${paint("dim", time)} ${paint(toneOf(entry), source.padEnd(9))} `;
  const blank = " ".repeat(marginCharacters);
  return plainLines(text.trimEnd()).map((line, index) =>
    `${index === 0 ? head : blank}${line}`.trimEnd(),
  );
}

/** No more than the beginning of the very long lines of an agent that nobody has put into words. */
export function clipProtocol(entry: ShownEntry): ShownEntry {
  if (entry.source !== "agent" || entry.level !== undefined) return entry;
  return { ...entry, text: entry.text.split("\n").map(beginningOf).join("\n") };
}

function toneOf({ source, level }: ShownEntry): Tone {
  if (level === "error") return "red";
  if (level === "warn") return "yellow";
  return source === "agent" ? "cyan" : "dim";
}

function beginningOf(line: string): string {
  const rest = line.length - shownCharacters;
  if (rest <= 0) return line;
  const beginning = line
    .slice(0, shownCharacters)
    .toWellFormed()
    .replace(/\uFFFD$/, "");
  return `${beginning}… (${formatCount(rest)} more characters: --raw has them)`;
}

/** A run's folder is named after it: what is no run id is no file name either. */
export function requireRunId(text: string): string {
  if (/^run-\d{1,15}$/.test(text)) return text;
  throw new SignalboxError("run_unknown", `"${text}" is not the id of a run`, {
    remedy: "Ids look like run-12; `signalbox status` and the log have them.",
  });
}
