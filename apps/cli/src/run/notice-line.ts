import { formatInstant, formatSpan, gateText, outcomeDetail, parkDetail } from "@signalbox/views";
import type { Paint, Tone } from "../terminal/palette.ts";
import { plainText } from "../terminal/plain-text.ts";
import { padText } from "../terminal/text-width.ts";
import type { Notice } from "./notice.ts";

const identifierColumns = 24;

/** One line for people about a notice; `null` for what only programs want to hear. */
export function noticeLine(notice: Notice, paint: Paint): string | null {
  const words = wordsOf(notice);
  if (words === null) return null;
  const [tone, text] = words;
  const time = paint("dim", new Date(notice.at).toTimeString().slice(0, 8));
  const who = "issue_identifier" in notice ? (notice.issue_identifier ?? "") : "";
  const subject = who === "" ? "" : `${padText(plainText(who), identifierColumns)} `;
  return `${time} ${subject}${paint(tone, plainText(text))}`;
}

function wordsOf(notice: Notice): readonly [Tone, string] | null {
  switch (notice.type) {
    case "gate-changed":
      // Whoever asked for the end is told so in other words, and a recovery takes a moment.
      if (notice.gate === "draining" || notice.gate === "recovering") return null;
      if (notice.closed?.gate === "pool-closed" && notice.closed.until === null) return null;
      return notice.closed === null
        ? ["green", `dispatch goes on (${notice.gate})`]
        : ["yellow", gateText(notice.closed).text];
    case "problem":
      return ["red", `! ${notice.message}${notice.remedy === null ? "" : ` → ${notice.remedy}`}`];
    case "run-started":
      return ["cyan", `started ${notice.run_id}${attemptText(notice.attempt, notice.retry_kind)}`];
    case "run-adopted":
      return ["cyan", adoptedText(notice)];
    case "run-stopping":
      return ["yellow", `stopping ${notice.run_id}: ${notice.reason}`];
    case "run-ended":
      return endedWords(notice);
    case "retry-scheduled":
      return retryWords(notice);
    case "parked":
      return ["red", `parked: ${parkDetail(notice.reason, notice.feedback)}`];
    case "delivering":
      return ["cyan", "delivering"];
    case "delivery-waiting":
      return ["yellow", `delivery waits: ${notice.reason} → ${notice.remedy}`];
    case "delivered":
      return ["green", deliveredText(notice)];
    case "released":
      return ["dim", `released: ${notice.reason}`];
    case "agent-event":
      return notice.event.type === "notice" && notice.event.level !== "info"
        ? ["yellow", `agent: ${notice.event.text}`]
        : null;
  }
}

/** The error of a failure was told when the run ended; that of a continuation is what its delivery said. */
function retryWords({
  kind,
  at,
  due_at: dueAt,
  error,
}: Extract<Notice, { type: "retry-scheduled" }>): readonly [Tone, string] | null {
  if (kind === "failure" || kind === "lost") {
    return ["yellow", `next run in ${formatSpan(dueAt - at)} (${kind})`];
  }
  return error === null ? null : ["yellow", `next run (${kind}): ${error}`];
}

function endedWords(notice: Extract<Notice, { type: "run-ended" }>): readonly [Tone, string] {
  const { kind } = notice.outcome;
  const detail = outcomeDetail(notice.outcome);
  return [
    kind === "succeeded" ? "cyan" : "yellow",
    `${notice.run_id} ${kind}${detail === null ? "" : `: ${detail}`}${transcriptText(notice)}`,
  ];
}

/** Where in the state folder there is more about a run that went wrong. */
function transcriptText({
  run_id: runId,
  outcome,
}: Extract<Notice, { type: "run-ended" }>): string {
  const wentWrong =
    outcome.kind === "failed" || outcome.kind === "timed-out" || outcome.kind === "stalled";
  return wentWrong ? ` (runs/${runId}/transcript.jsonl)` : "";
}

function deliveredText(notice: Extract<Notice, { type: "delivered" }>): string {
  const commit = notice.commit === null ? "" : ` ${shortCommit(notice.commit)}`;
  const branch = notice.branch === null ? "" : ` on ${notice.branch}`;
  const notes = notice.notes.length === 0 ? "" : ` (${notice.notes.join("; ")})`;
  return `delivered${commit}${branch}${notes}`;
}

function adoptedText({
  run_id: runId,
  alive,
  since,
}: Extract<Notice, { type: "run-adopted" }>): string {
  if (!alive) return `took over ${runId}, which ended while no daemon ran`;
  const started = since === null ? "" : ` since ${formatInstant(since)}`;
  return `adopted ${runId}: still running${started}`;
}

function attemptText(attempt: number | null, kind: string | null): string {
  return attempt === null ? "" : ` (attempt ${attempt + 1}${kind === null ? "" : `, ${kind}`})`;
}

/** As git shortens it. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 9);
}
