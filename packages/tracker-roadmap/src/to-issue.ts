import type { Issue, IssueBlocker } from "@signalbox/contracts";
import type { BlockerResolver } from "./blockers.ts";
import { slug } from "./feature-id.ts";
import { valueOf } from "./fields.ts";
import type { Fields } from "./fields.ts";
import type { Feature } from "./scan.ts";
import { textOf } from "./span.ts";
import type { Status } from "./status.ts";

/** A feature with its names and its state. */
export interface Entry {
  readonly feature: Feature;
  readonly fields: Fields;
  readonly id: string;
  readonly identifier: string;
  readonly externalId: string | null;
  /** `null`: the file does not say it in a usable way. */
  readonly status: Status | null;
}

export interface RoadmapSource {
  readonly text: string;
  /** The file as messages call it. */
  readonly file: string;
  /** Epoch milliseconds of the file's `created` date; 0 where it has none. */
  readonly createdAt: number;
}

/** @param rank 0-based position in the file. */
export function toIssue(
  source: RoadmapSource,
  entry: Entry,
  status: Status,
  rank: number,
  blockers: BlockerResolver,
): Issue {
  const { feature, fields } = entry;
  const field = (name: Parameters<typeof fields.known.get>[0]): string =>
    valueOf(source.text, fields.known.get(name));
  return {
    id: entry.id,
    identifier: entry.identifier,
    title: detach(feature.title),
    description: describe(source.text, entry),
    state: detach(status.state),
    stateKind: status.kind,
    priority: readPriority(field("priority")),
    labels: readLabels(feature.milestone, field("labels")),
    blockedBy: blockedBy(entry, blockers, field("blockers")),
    assignee: detach(field("assignee")) || null,
    branchName: null,
    url: null,
    createdAt: new Date(source.createdAt + rank * 1000).toISOString(),
    updatedAt: readInstant(field("updatedAt")),
    notDispatchable: ambiguity(fields),
    nativeRef: {
      file: source.file,
      line: feature.line,
      title: detach(feature.title),
      milestone: feature.milestone && detach(feature.milestone),
    },
  };
}

/** Summary, prose and the fields that have no meaning here, so that an agent reads all that the file says. */
function describe(text: string, { feature, fields }: Entry): string | null {
  const list = fields.others
    .filter((field) => valueOf(text, field) !== "" || field.whole.end > field.value.end)
    .map((field) => textOf(text, field.whole).trim());
  const summary = fields.known.get("summary");
  const below = summary && text.slice(summary.value.end, summary.whole.end).trim();
  const parts = [
    valueOf(text, summary),
    below ?? "",
    ...feature.prose.map((span) => textOf(text, span).trim()),
    list.join("\n"),
  ].filter((part) => part !== "");
  return parts.length === 0 ? null : detach(parts.join("\n\n").replaceAll("\r\n", "\n"));
}

/** `P0` to `P3`, with or without words behind. */
function readPriority(value: string): number | null {
  const digit = /^p([0-3])(?![0-9a-z])/i.exec(value)?.[1];
  return digit === undefined ? null : Number(digit) + 1;
}

function readLabels(milestone: string | null, value: string): readonly string[] {
  const written = value.split(",").map((label) => detach(label.trim().toLowerCase()));
  const labels = [milestone === null ? "" : slug(milestone), ...written];
  return [...new Set(labels.filter((label) => label !== ""))];
}

function blockedBy(
  entry: Entry,
  blockers: BlockerResolver,
  value: string,
): readonly IssueBlocker[] {
  return blockers
    .resolve(value)
    .filter((blocker) => blocker.id !== entry.id)
    .map((blocker) =>
      blocker.id === null ? { ...blocker, identifier: detach(blocker.identifier) } : blocker,
    );
}

/** Dates and instants with a zone; a local time would mean something else on each machine. */
function readInstant(value: string): string | null {
  if (
    !/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/i.test(
      value,
    )
  ) {
    return null;
  }
  const instant = Date.parse(value);
  return Number.isNaN(instant) ? null : new Date(instant).toISOString();
}

function ambiguity(fields: Fields): string | null {
  const first = fields.known.get("status");
  const second = fields.repeated.find((field) => /^status$/i.test(field.key.trim()));
  if (first === undefined || second === undefined) return null;
  return `it has two Status fields, on lines ${first.line} and ${second.line}: remove one`;
}

/**
 * A copy that shares nothing with the file's text: a slice would keep the whole text alive for as long as somebody
 * keeps the issue.
 */
function detach(text: string): string {
  return Buffer.from(text).toString();
}
