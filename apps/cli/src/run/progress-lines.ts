import { formatSpan, type Status } from "@signalbox/views";
import type { Paint } from "../terminal/palette.ts";
import { plainText } from "../terminal/plain-text.ts";
import { clipText, padText } from "../terminal/text-width.ts";
import type { LiveLine } from "./live-region.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const identifierColumns = 24;
const maxRows = 20;

/** What is under way: one line per running issue, one per delivery, and one with the counts. */
export function progressLines(
  status: Status,
  lastWords: ReadonlyMap<string, string>,
  frame: number,
  paint: Paint,
): readonly LiveLine[] {
  const mark = frames[frame % frames.length] ?? "·";
  const rows = [
    ...status.running.map((row) => {
      const stopping = row.stopping === null ? row.phase : `stopping: ${row.stopping}`;
      const attempt = row.attempt === null ? "" : `attempt ${row.attempt + 1}  `;
      const said = plainText(lastWords.get(row.runId) ?? "");
      const name = clipText(plainText(row.identifier), identifierColumns);
      return `${mark} ${padText(name, identifierColumns)} ${padText(formatSpan(row.durationMs), 10)} ${padText(stopping, 20)} ${attempt}${said}`;
    }),
    ...status.delivering.map((row) => {
      const name = clipText(plainText(row.identifier), identifierColumns);
      const doing =
        row.waiting === null ? "delivering" : `delivery waits: ${plainText(row.waiting.reason)}`;
      return `${mark} ${padText(name, identifierColumns)} ${padText(formatSpan(row.durationMs), 10)} ${doing}`;
    }),
  ];
  return [
    ...rows.slice(0, maxRows).map((text) => ({ text: text.trimEnd(), paint: cyan(paint) })),
    ...(rows.length > maxRows
      ? [{ text: `  … and ${rows.length - maxRows} more`, paint: dim(paint) }]
      : []),
    { text: countsText(status), paint: dim(paint) },
  ];
}

function countsText({ counts, slots }: Status): string {
  const parts = [
    `${slots.taken} of ${slots.max} slots taken`,
    `${counts.ready} ready`,
    `${counts.retrying} waiting for a retry`,
    `${counts.delivering} delivering`,
    `${counts.parked} parked`,
  ];
  return `  ${parts.join(" · ")}`;
}

function cyan(paint: Paint): LiveLine["paint"] {
  return (text) => paint("cyan", text);
}

function dim(paint: Paint): LiveLine["paint"] {
  return (text) => paint("dim", text);
}
