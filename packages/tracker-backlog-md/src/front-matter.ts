import { CST, Parser, parseDocument } from "yaml";
import type { SignalboxError } from "@signalbox/contracts";
import { payload } from "./file-error.ts";

export interface FrontMatter {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Offset of its first line in the file, and of the closing `---`. */
  readonly start: number;
  readonly end: number;
  /** Offset of the line below the closing `---`. */
  readonly bodyStart: number;
}

const opening = /^\uFEFF?---[ \t]*\r?\n/;
const closing = /^---[ \t]*(?:\r?\n|$)/m;

/** Throws `tracker_payload` where there is none, or where it is no YAML map. */
export function readFrontMatter(text: string, name: string): FrontMatter {
  const start = opening.exec(text)?.[0].length ?? null;
  const close = start === null ? null : closing.exec(text.slice(start));
  if (start === null || close === null) {
    throw payload(name, "has no front matter", "Let it begin with `---`, fields and `---`.");
  }
  const end = start + close.index;
  const document = parseDocument(text.slice(start, end), {
    prettyErrors: false,
    logLevel: "silent",
  });
  // The program itself takes `assignee: @name`, which is no YAML.
  const error = document.errors.find(({ code }) => code !== "BAD_SCALAR_START");
  if (error !== undefined) throw notYaml(name, error.message, error);
  const fields = mapIn(document, name);
  return { fields, start, end, bodyStart: end + close[0].length };
}

/** The file with another value for a field that has one, and no other byte changed. `null` where that cannot be done. */
export function replaceField(
  text: string,
  { start, end }: FrontMatter,
  key: string,
  value: string,
): string | null {
  const token = topLevelItem(text.slice(start, end), key)?.value;
  if (!CST.isScalar(token) || token.type === "block-scalar" || token.type === "alias") return null;
  const from = start + token.offset;
  const length = token.source.length;
  CST.setScalarValue(token, value, { afterKey: true });
  return text.slice(0, from) + token.source + text.slice(from + length);
}

/** The file with one more line of front matter, below the line of a field that has a value in one line. `null` where there is none. */
export function insertBelow(
  text: string,
  { start, end }: FrontMatter,
  key: string,
  line: string,
): string | null {
  const token = topLevelItem(text.slice(start, end), key)?.value;
  if (!CST.isScalar(token) || token.type === "block-scalar") return null;
  const lineEnd = text.indexOf("\n", start + token.offset + token.source.length);
  if (lineEnd === -1 || lineEnd >= end) return null;
  const newline = text[lineEnd - 1] === "\r" ? "\r\n" : "\n";
  return text.slice(0, lineEnd + 1) + line + newline + text.slice(lineEnd + 1);
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
