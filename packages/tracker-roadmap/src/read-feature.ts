import { namesOf } from "./feature-id.ts";
import type { Feature, RepeatedField } from "./feature.ts";
import type { Milestone } from "./milestone.ts";
import { copyOf, textOf } from "./span.ts";
import type { Span } from "./span.ts";
import { readStatus } from "./status.ts";

/**
 * `- **Key:** value`, with the indented lines that go on with it. Its span is that of the value's paragraph without white
 * space around it and without a comment at its end; empty where there is none.
 */
export interface Field extends Span {
  readonly keyStart: number;
  readonly keyEnd: number;
  /** 0 is the heading's line. */
  readonly row: number;
  /** From the list mark to the end of everything that is indented below it. */
  readonly wholeStart: number;
  readonly wholeEnd: number;
}

/** A feature as it stands in the text. Offsets and rows count from its heading. */
export interface FeatureParts {
  readonly source: string;
  readonly title: string;
  readonly milestone: Milestone;
  /** The first `fieldCount` of them. */
  readonly fields: readonly Field[];
  readonly fieldCount: number;
  /** Prose, lists and fences that belong to no field. */
  readonly prose: readonly Span[];
}

interface KnownFields {
  status: Field | null;
  summary: Field | null;
  blockers: Field | null;
  priority: Field | null;
  labels: Field | null;
  assignee: Field | null;
  externalId: Field | null;
  updatedAt: Field | null;
}

type Meaning = keyof KnownFields;

/** Every spelling that is in use, folded. Other fields are kept for the description. */
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

/** What keys mean as they are written: a file has a handful of them, thousands of times. */
const meaningOfKey = new Map<string, Meaning | null>();
const maxKnownKeys = 200;
const maxKeyLength = 40;

export function readFeature(parts: FeatureParts): Feature {
  const { source, milestone } = parts;
  const { known, repeated, others, hasTwoStates } = sortFields(parts);
  const { status, blockers } = known;
  // The same words, as a part of the copy instead of the whole text.
  const titleStart = source.indexOf(parts.title);
  const title = source.slice(titleStart, titleStart + parts.title.length);
  const externalId = valueOf(source, known.externalId) || null;
  const names = namesOf(title, externalId);
  return {
    source,
    title,
    milestone,
    id: names.id,
    externalId,
    slug: names.slug,
    titleSlug: names.titleSlug,
    status: readStatus(valueOf(source, status)),
    statusField: status && { row: status.row, start: status.start, end: status.end },
    description: describe(parts, known.summary, others),
    priority: readPriority(valueOf(source, known.priority)),
    labels: readLabels(milestone, valueOf(source, known.labels)),
    blockers: valueOf(source, blockers),
    blockersRow: blockers?.row ?? 0,
    assignee: valueOf(source, known.assignee) || null,
    updatedAt: readInstant(valueOf(source, known.updatedAt)),
    notDispatchable: hasTwoStates ? "it has more than one Status field" : null,
    repeated,
  };
}

function meaningOf(written: string): Meaning | null {
  const known = meaningOfKey.get(written);
  if (known !== undefined) return known;
  const key = written.trim().toLowerCase();
  const meaning = meanings.get(key.replace(/[\s_-]+/g, "-")) ?? null;
  if (meaningOfKey.size < maxKnownKeys && written.length <= maxKeyLength) {
    meaningOfKey.set(copyOf(written), meaning);
  }
  return meaning;
}

interface SortedFields {
  readonly known: Readonly<KnownFields>;
  readonly repeated: readonly RepeatedField[];
  readonly others: readonly Field[];
  readonly hasTwoStates: boolean;
}

const none: readonly never[] = [];

function sortFields({ source, fields, fieldCount }: FeatureParts): SortedFields {
  const known: KnownFields = {
    status: null,
    summary: null,
    blockers: null,
    priority: null,
    labels: null,
    assignee: null,
    externalId: null,
    updatedAt: null,
  };
  let repeated: RepeatedField[] | null = null;
  let others: Field[] | null = null;
  let hasTwoStates = false;
  for (let at = 0; at < fieldCount; at += 1) {
    const field = fields[at];
    if (field === undefined) break;
    const key = source.slice(field.keyStart, field.keyEnd);
    const meaning = meaningOf(key);
    if (meaning === null) {
      (others ??= []).push(field);
    } else if (known[meaning] === null) {
      known[meaning] = field;
    } else {
      (repeated ??= []).push({ row: field.row, key });
      if (meaning === "status") hasTwoStates = true;
    }
  }
  return { known, repeated: repeated ?? none, others: others ?? none, hasTwoStates };
}

/** A dash of any length, `n` or `N`: with one of them a placeholder starts. */
const placeholderStart = "-—–nN";
const placeholder = /^(?:[-—–]+|none|n\/a)$/i;

/** The value on one line; empty where it is missing or a placeholder (`—`, `none`). */
function valueOf(source: string, field: Field | null): string {
  if (field === null) return "";
  const written = textOf(source, field);
  const value = written.includes("\n")
    ? written
        .split("\n")
        .map((line) => line.trim())
        .join(" ")
    : written;
  return placeholderStart.includes(value.charAt(0)) && placeholder.test(value) ? "" : value;
}

/** Summary, prose and the fields that have no meaning here, so that an agent reads all that the file says. */
function describe(
  { source, prose }: FeatureParts,
  summary: Field | null,
  others: readonly Field[],
): string | null {
  const value = valueOf(source, summary);
  const below = summary ? source.slice(summary.end, summary.wholeEnd).trim() : "";
  if (below === "" && prose.length === 0 && others.length === 0) return value || null;
  const list = others
    .filter((field) => valueOf(source, field) !== "" || field.wholeEnd > field.end)
    .map((field) => source.slice(field.wholeStart, field.wholeEnd).trimEnd());
  const parts = [
    value,
    below,
    ...prose.map((span) => textOf(source, span).trim()),
    list.join("\n"),
  ].filter((part) => part !== "");
  return parts.length === 0 ? null : parts.join("\n\n").replaceAll("\r\n", "\n");
}

const priorities: ReadonlyMap<string, number> = new Map([
  ["P0", 1],
  ["P1", 2],
  ["P2", 3],
  ["P3", 4],
]);

/** `P0` to `P3`, with or without words behind. */
function readPriority(value: string): number | null {
  if (value === "") return null;
  const plain = priorities.get(value);
  if (plain !== undefined) return plain;
  const digit = /^p([0-3])(?![0-9a-z])/i.exec(value)?.[1];
  return digit === undefined ? null : Number(digit) + 1;
}

function readLabels({ labels }: Milestone, value: string): readonly string[] {
  if (value === "") return labels;
  const written = value.split(",").map((label) => label.trim().toLowerCase());
  return [...new Set([...labels, ...written.filter((label) => label !== "")])];
}

/** Days, and instants with a zone; a local time would mean something else on each machine. */
function readInstant(value: string): string | null {
  if (value === "") return null;
  const form = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/i;
  const instant = form.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(instant) ? null : new Date(instant).toISOString();
}
