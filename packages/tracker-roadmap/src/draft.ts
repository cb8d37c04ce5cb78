import { slug, titleId, titleSlug } from "./feature-id.ts";
import type { Feature, Field } from "./feature.ts";
import { textOf } from "./span.ts";
import { readStatus } from "./status.ts";
import type { Status } from "./status.ts";

/** What a feature says by itself, wherever it stands and whatever stands around it. */
export interface Draft {
  readonly titleId: string;
  /** Of the whole title; empty where it has no letter and no digit. */
  readonly slug: string;
  readonly titleSlug: string;
  readonly externalId: string | null;
  /** `null`: the file does not say it in a usable way. */
  readonly status: Status | null;
  readonly statusField: Field | null;
  readonly description: string | null;
  readonly priority: number | null;
  readonly labels: readonly string[];
  readonly blockers: { readonly text: string; readonly row: number };
  readonly assignee: string | null;
  readonly updatedAt: string | null;
  readonly notDispatchable: string | null;
  /** Fields whose meaning an earlier one of the feature has. */
  readonly repeated: readonly Field[];
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

const drafts = new WeakMap<Feature, Draft>();

export function draftOf(feature: Feature): Draft {
  const known = drafts.get(feature);
  if (known !== undefined) return known;
  const draft = readDraft(feature);
  drafts.set(feature, draft);
  return draft;
}

function readDraft(feature: Feature): Draft {
  const { source, title, milestone } = feature;
  const { known, repeated, others } = sortFields(feature);
  const words = slug(title);
  const read = (meaning: Meaning): string => valueOf(source, known.get(meaning));
  return {
    titleId: titleId(title),
    slug: words,
    titleSlug: titleSlug(words, title),
    externalId: read("externalId") || null,
    status: readStatus(read("status")),
    statusField: known.get("status") ?? null,
    description: describe(feature, known.get("summary"), others),
    priority: readPriority(read("priority")),
    labels: readLabels(milestone, read("labels")),
    blockers: { text: read("blockers"), row: known.get("blockers")?.row ?? 0 },
    assignee: read("assignee") || null,
    updatedAt: readInstant(read("updatedAt")),
    notDispatchable: repeated.some((field) => meaningOf(field) === "status")
      ? "it has more than one Status field"
      : null,
    repeated,
  };
}

function meaningOf(field: Field): Meaning | undefined {
  return meanings.get(
    field.key
      .trim()
      .toLowerCase()
      .replace(/[\s_-]+/g, "-"),
  );
}

function sortFields(feature: Feature): {
  readonly known: ReadonlyMap<Meaning, Field>;
  readonly repeated: readonly Field[];
  readonly others: readonly Field[];
} {
  const known = new Map<Meaning, Field>();
  const repeated: Field[] = [];
  const others: Field[] = [];
  for (const field of feature.fields) {
    const meaning = meaningOf(field);
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
  const value = written.includes("\n") ? written.replace(/\s*\n\s*/g, " ") : written;
  return /^(?:[-—–]+|none|n\/a)$/i.test(value) ? "" : value;
}

/** Summary, prose and the fields that have no meaning here, so that an agent reads all that the file says. */
function describe(
  { source, prose }: Feature,
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
