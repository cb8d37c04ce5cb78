import { formatInstant, formatSpan } from "@signalbox/views";
import type { Surroundings } from "../surroundings.ts";
import { commandWord } from "../terminal/command-word.ts";
import { plainText } from "../terminal/plain-text.ts";
import { renderTable, type TableColumn } from "../terminal/table.ts";
import type { StatusReport } from "./read-status.ts";

const maxRows = 50;
const numbers = new Intl.NumberFormat("en");

/** The status as lines for people. */
export function statusLines(
  report: StatusReport,
  surroundings: Pick<Surroundings, "paint" | "columns">,
): readonly string[] {
  if (report.source === "nothing") return headLines(report, surroundings);
  return [
    ...headLines(report, surroundings),
    ...runningLines(report, surroundings),
    ...deliveringLines(report, surroundings),
    ...parkedLines(report, surroundings),
    ...retryingLines(report, surroundings),
    ...waitingLines(report, surroundings),
    "",
    totalsLine(report),
    ...problemLines(report, surroundings),
  ];
}

type Paper = Pick<Surroundings, "paint" | "columns">;

function headLines(report: StatusReport, { paint }: Paper): readonly string[] {
  const { daemon, counts, slots } = report;
  const who =
    daemon === null
      ? paint("yellow", "no daemon is running")
      : `daemon pid ${daemon.pid} on ${plainText(daemon.host)}, epoch ${daemon.epoch}, since ${formatInstant(daemon.since)}`;
  const isEmpty = report.source === "nothing";
  const waits = counts.ready === 1 ? "1 issue is ready" : `${counts.ready} issues are ready`;
  return [
    `${paint("bold", plainText(report.workflow))}  ${who}`,
    ...(isEmpty
      ? []
      : [
          `${slots.taken} of ${slots.max} slots taken · ${waits} · ${counts.retrying} waiting for a retry · ` +
            `${counts.delivering} delivering · ${counts.parked} parked · ${counts.tracked} tracked`,
        ]),
    ...[...report.reasons, ...report.gates].flatMap(({ text, release }) => [
      `${paint("yellow", "!")} ${plainText(text)}`,
      `  Released by: ${plainText(release)}`,
    ]),
  ];
}

function runningLines({ running }: StatusReport, paper: Paper): readonly string[] {
  return section(
    paper,
    "Running",
    [
      { title: "ISSUE", flexible: true },
      { title: "RUN" },
      { title: "PHASE" },
      { title: "ATTEMPT", align: "right" },
      { title: "FOR", align: "right" },
      { title: "SILENT", align: "right" },
      { title: "TOKENS", align: "right" },
    ],
    running.map((row) => [
      row.issue_identifier,
      row.run_id,
      row.stopping === null ? row.phase : `stopping: ${row.stopping}`,
      String((row.attempt ?? 0) + 1),
      formatSpan(row.duration_ms),
      formatSpan(row.silent_ms),
      numbers.format(row.tokens),
    ]),
  );
}

function deliveringLines({ delivering }: StatusReport, paper: Paper): readonly string[] {
  return section(
    paper,
    "Delivering",
    [{ title: "ISSUE" }, { title: "FOR", align: "right" }, { title: "WAITS FOR", flexible: true }],
    delivering.map((row) => [
      row.issue_identifier,
      formatSpan(row.duration_ms),
      row.waiting === null ? "" : `${row.waiting.reason} → ${row.waiting.remedy}`,
    ]),
  );
}

function parkedLines({ parked }: StatusReport, paper: Paper): readonly string[] {
  const lines = section(
    paper,
    "Parked",
    [{ title: "ISSUE" }, { title: "FOR", align: "right" }, { title: "WHY", flexible: true }],
    parked.map((row) => [
      row.issue_identifier,
      formatSpan(row.parked_for_ms),
      row.question === null ? row.text.replace(/^It is parked: /, "") : `asks: ${row.question}`,
    ]),
  );
  const asking = parked.find((row) => row.question !== null);
  return asking === undefined
    ? lines
    : [
        ...lines,
        `\`signalbox answer ${commandWord(plainText(asking.issue_identifier))} "…"\` answers.`,
      ];
}

function retryingLines({ retrying }: StatusReport, paper: Paper): readonly string[] {
  return section(
    paper,
    "Waiting for their next run",
    [{ title: "ISSUE" }, { title: "IN", align: "right" }, { title: "AFTER", flexible: true }],
    retrying.map((row) => [
      row.issue_identifier,
      formatSpan(row.due_in_ms),
      row.error === null ? row.kind : `${row.kind}: ${row.error}`,
    ]),
  );
}

function waitingLines({ waiting }: StatusReport, { paint }: Paper): readonly string[] {
  if (waiting.issues === 0) return [];
  const reasons = waiting.reasons.map(({ code, issues }) => `${issues} ${code}`).join(", ");
  const unseen = waiting.unseen === 0 ? "" : ` (and ${waiting.unseen} not looked at)`;
  const heading = paint("bold", "Waiting");
  const why = reasons === "" ? "" : `: ${reasons}`;
  return ["", `${heading}  ${waiting.issues}${plainText(why)}${unseen}`];
}

function totalsLine({ totals }: StatusReport): string {
  const { runs, run_ms: runMs, tokens, cost_usd: costUsd } = totals;
  const cost = costUsd === 0 ? "" : `, $${costUsd.toFixed(2)}`;
  const plural = runs === 1 ? "run" : "runs";
  return `In all: ${numbers.format(runs)} ${plural}, ${formatSpan(runMs)}, ${numbers.format(tokens)} tokens${cost}`;
}

function problemLines({ problems }: StatusReport, { paint }: Paper): readonly string[] {
  if (problems.length === 0) return [];
  return [
    "",
    paint("bold", "Last problems"),
    ...problems.map(({ at, issue_identifier: issue, message, remedy }) => {
      const about = issue === null ? "" : `${issue}: `;
      const mend = remedy === null ? "" : ` → ${remedy}`;
      return `${formatInstant(at)} ${paint("red", plainText(`${about}${message}${mend}`))}`;
    }),
  ];
}

function section(
  { paint, columns }: Paper,
  title: string,
  head: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  if (rows.length === 0) return [];
  const [heading = "", ...lines] = renderTable(head, rows.slice(0, maxRows), columns());
  const more = rows.length > maxRows ? [`… and ${rows.length - maxRows} more`] : [];
  return ["", paint("bold", title), paint("dim", heading), ...lines, ...more];
}
