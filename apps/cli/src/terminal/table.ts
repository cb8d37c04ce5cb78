import { plainText } from "./plain-text.ts";
import { clipText, padText, textWidth } from "./text-width.ts";

export interface TableColumn {
  readonly title: string;
  /** Cut before all others where the table is too wide. At most one column. */
  readonly flexible?: boolean;
  readonly align?: "right";
}

const gap = "  ";
const narrowest = 8;

/** Lines of a table with a heading, at most `columns` wide as far as the flexible column allows. */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly string[] {
  const titles = columns.map((column) => column.title);
  const cells = [titles, ...rows.map((row) => row.map(plainText))];
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => textWidth(row[at] ?? ""))));
  const total = widths.reduce((sum, each) => sum + each, gap.length * (columns.length - 1));
  const flexible = columns.findIndex((column) => column.flexible === true);
  const given = widths[flexible];
  if (total > width && given !== undefined) {
    widths[flexible] = Math.min(given, Math.max(narrowest, given - (total - width)));
  }
  return cells.map((row) =>
    columns
      .map(({ align }, at) => cell(row[at] ?? "", widths[at] ?? 0, align))
      .join(gap)
      .trimEnd(),
  );
}

function cell(text: string, width: number, align: TableColumn["align"]): string {
  const clipped = clipText(text, width);
  return align === "right"
    ? " ".repeat(Math.max(0, width - textWidth(clipped))) + clipped
    : padText(clipped, width);
}
