import { CST, Parser, parseDocument } from "yaml";
import type { SignalboxError } from "@signalbox/contracts";
import { payload } from "./file-error.ts";

/** Where front matter stands in a file, as offsets. */
interface FrontMatterSpan {
  /** Of its first line. */
  readonly start: number;
  /** Of the closing `---`. */
  readonly end: number;
  /** Of the line below that. */
  readonly bodyStart: number;
}

const opening = /^\uFEFF?---[ \t]*\r?\n/;
const closing = /^---[ \t]*(?:\r?\n|$)/m;

/** The fields by their names. Throws `tracker_payload` where there is no front matter, or where it is no YAML map. */
export function readFields(text: string, name: string): Readonly<Record<string, unknown>> {
  const { start, end } = spanOf(text, name);
  const source = text.slice(start, end);
  const document = parseDocument(source, { prettyErrors: false, logLevel: "silent" });
  // The program itself takes `assignee: @name`, which is no YAML.
  const error = document.errors.find(({ code }) => code !== "BAD_SCALAR_START");
  if (error !== undefined) throw notYaml(name, error.message, error);
  return mapIn(document, name);
}

/** Offset of the line below the front matter. Throws `tracker_payload` where there is none. */
export function bodyStartOf(text: string, name: string): number {
  return spanOf(text, name).bodyStart;
}

export function hasField(text: string, key: string): boolean {
  const { start, end } = spanOf(text, "the task");
  return topLevelItem(text.slice(start, end), key) !== null;
}

/** The file with another value for a field that has one, and no other byte changed. `null` where that cannot be done. */
export function replaceField(text: string, key: string, value: string): string | null {
  const { start, end } = spanOf(text, "the task");
  const token = topLevelItem(text.slice(start, end), key)?.value;
  if (!CST.isScalar(token) || token.type === "block-scalar" || token.type === "alias") return null;
  const from = start + token.offset;
  const { length } = token.source;
  CST.setScalarValue(token, value, { afterKey: true });
  return text.slice(0, from) + token.source + text.slice(from + length);
}

/** The file with one more line of front matter, below a field that is a scalar. `null` where there is none. */
export function insertBelow(text: string, key: string, line: string): string | null {
  const { start, end } = spanOf(text, "the task");
  const token = topLevelItem(text.slice(start, end), key)?.value;
  if (!CST.isScalar(token) || token.type === "block-scalar") return null;
  const lineEnd = text.indexOf("\n", start + token.offset + token.source.length);
  if (lineEnd === -1 || lineEnd >= end) return null;
  const newline = text[lineEnd - 1] === "\r" ? "\r\n" : "\n";
  return text.slice(0, lineEnd + 1) + line + newline + text.slice(lineEnd + 1);
}

function spanOf(text: string, name: string): FrontMatterSpan {
  const start = opening.exec(text)?.[0].length ?? null;
  const close = start === null ? null : closing.exec(text.slice(start));
  if (start === null || close === null) {
    throw payload(name, "has no front matter", "Let it begin with `---`, fields and `---`.");
  }
  const end = start + close.index;
  return { start, end, bodyStart: end + close[0].length };
}

function topLevelItem(source: string, key: string): CST.CollectionItem | null {
  for (const token of new Parser().parse(source)) {
    if (token.type !== "document" || token.value?.type !== "block-map") continue;
    const found = token.value.items.find(
      (item) => CST.isScalar(item.key) && CST.resolveAsScalar(item.key).value === key,
    );
    if (found !== undefined) return found;
  }
  return null;
}

function mapIn(document: ReturnType<typeof parseDocument>, name: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    throw notYaml(name, String(error), error);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw notYaml(name, "it is no map", null);
}

function notYaml(name: string, why: string, cause: unknown): SignalboxError {
  return payload(name, `has front matter that cannot be read: ${why}`, "Mend its YAML.", cause);
}
