import { slug, titleId, titleSlug } from "./feature-id.ts";
import type { Feature } from "./feature.ts";
import { textOf } from "./span.ts";
import type { Span } from "./span.ts";
import { readStatus } from "./status.ts";

/** `- **Key:** value`, with the indented lines that go on with it. */
export interface Field {
  readonly key: Span;
  /** 0 is the heading's line. */
  readonly row: number;
  /** The value's paragraph without white space around it and without a comment at its end; empty where there is none. */
  readonly value: Span;
  /** From the list mark to the end of everything that is indented below it. */
  readonly whole: Span;
}

/** A feature as it stands in the text. Offsets and rows count from its heading. */
export interface FeatureParts {
  readonly source: string;
  readonly title: string;
  readonly milestone: string | null;
  readonly fields: readonly Field[];
  /** Prose, lists and fences that belong to no field. */
  readonly prose: readonly Span[];
}

type Meaning =
  | "status"
  | "summary"
  | "blockers"
  | "priority"
  | "labels"
  | "assignee"
  | "externalId"
  | "updatedAt";

/** Every spelling that is in use. Other fields are kept for the description. */
const meanings: ReadonlyMap<string, Meaning> = new Map([
  ["status", "status"],
  ["summary", "summary"],
  ["blockers", "blockers"],
  ["blocked-by", "blockers"],
  ["priority", "priority"],
  ["labels", "labels"],
  ["tags", "labels"],
  ["assignee", "assignee"],
  ["external-id", "externalId"],
  ["updated-at", "updatedAt"],
]);

export function readFeature(parts: FeatureParts): Feature {
  const { source, title, milestone } = parts;
  const { known, repeated, others } = sortFields(parts);
  const words = slug(title);
  const status = known.get("status");
  const read = (meaning: Meaning): string => valueOf(source, known.get(meaning));
  return {
    source,
    title,
    milestone,
    titleId: titleId(title),
    slug: words,
    titleSlug: titleSlug(words, title),
    externalId: read("externalId") || null,
    status: readStatus(read("status")),
    statusField: status === undefined ? null : { row: status.row, value: status.value },
    description: describe(parts, known.get("summary"), others),
    priority: readPriority(read("priority")),
    labels: readLabels(milestone, read("labels")),
    blockers: read("blockers"),
    blockersRow: known.get("blockers")?.row ?? 0,
    assignee: read("assignee") || null,
    updatedAt: readInstant(read("updatedAt")),
    notDispatchable: repeated.some((field) => meaningOf(source, field) === "status")
      ? "it has more than one Status field"
      : null,
    repeated: repeated.map((field) => ({ row: field.row, key: textOf(source, field.key) })),
  };
}

function meaningOf(source: string, field: Field): Meaning | undefined {
  return meanings.get(
    textOf(source, field.key)
      .trim()
      .toLowerCase()
      .replace(/[\s_-]+/g, "-"),
  );
}

function sortFields({ source, fields }: FeatureParts): {
  readonly known: ReadonlyMap<Meaning, Field>;
  readonly repeated: readonly Field[];
  readonly others: readonly Field[];
} {
  const known = new Map<Meaning, Field>();
  const repeated: Field[] = [];
  const others: Field[] = [];
  for (const field of fields) {
    const meaning = meaningOf(source, field);
    if (meaning === undefined) others.push(field);
    else if (known.has(meaning)) repeated.push(field);
    else known.set(meaning, field);
  }
  return { known, repeated, others };
}

/** The value on one line; empty where it is missing or a placeholder (`—`, `none`). */
function valueOf(source: string, field: Field | undefined): string {
  if (field === undefined) return "";
  const written = textOf(source, field.value);
  const value = written.includes("\n")
    ? written
        .split("\n")
        .map((line) => line.trim())
        .join(" ")
    : written;
  return /^(?:[-—–]+|none|n\/a)$/i.test(value) ? "" : value;
}

/** Summary, prose and the fields that have no meaning here, so that an agent reads all that the file says. */
function describe(
  { source, prose }: FeatureParts,
  summary: Field | undefined,
  others: readonly Field[],
): string | null {
  const list = others
    .filter((field) => valueOf(source, field) !== "" || field.whole.end > field.value.end)
    .map((field) => textOf(source, field.whole).trimEnd());
  const below = summary ? source.slice(summary.value.end, summary.whole.end).trim() : "";
  const parts = [
    valueOf(source, summary),
    below,
    ...prose.map((span) => textOf(source, span).trim()),
    list.join("\n"),
  ].filter((part) => part !== "");
  return parts.length === 0 ? null : parts.join("\n\n").replaceAll("\r\n", "\n");
}

/** `P0` to `P3`, with or without words behind. */
function readPriority(value: string): number | null {
  const digit = /^p([0-3])(?![0-9a-z])/i.exec(value)?.[1];
  return digit === undefined ? null : Number(digit) + 1;
}

function readLabels(milestone: string | null, value: string): readonly string[] {
  const written = value.split(",").map((label) => label.trim().toLowerCase());
  const labels = [milestone === null ? "" : slug(milestone), ...written];
  return [...new Set(labels.filter((label) => label !== ""))];
}

/** Days, and instants with a zone; a local time would mean something else on each machine. */
function readInstant(value: string): string | null {
  const form = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/i;
  const instant = form.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(instant) ? null : new Date(instant).toISOString();
}
