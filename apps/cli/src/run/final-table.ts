import { formatSpan, type HistoryRow } from "@signalbox/views";
import type { Paint } from "../terminal/palette.ts";
import { renderTable } from "../terminal/table.ts";
import { shortCommit } from "./notice-line.ts";

/** What became of each issue, as lines for people. */
export function finalTable(
  rows: readonly HistoryRow[],
  columns: number,
  paint: Paint,
): readonly string[] {
  if (rows.length === 0) return ["No issue was worked on."];
  const [heading = "", ...lines] = renderTable(
    [
      { title: "ISSUE", flexible: true },
      { title: "OUTCOME" },
      { title: "ATTEMPTS", align: "right" },
      { title: "DURATION", align: "right" },
      { title: "COMMIT" },
    ],
    rows.map((row) => [
      row.identifier,
      row.result,
      String(row.attempts),
      formatSpan(row.durationMs),
      row.commit === null ? "" : shortCommit(row.commit),
    ]),
    columns,
  );
  const details = rows.flatMap((row) =>
    row.detail === null || row.result === "delivered" ? [] : [[row.identifier, row.detail]],
  );
  return [
    paint("bold", heading),
    ...lines,
    ...(details.length === 0
      ? []
      : [
          "",
          ...renderTable([{ title: "ISSUE" }, { title: "WHY", flexible: true }], details, columns),
          "",
          "`signalbox explain <issue>` says what would release it.",
        ]),
  ];
}
