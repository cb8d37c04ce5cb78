import type { JsonValue } from "@signalbox/contracts";
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Document, Pair, ParsedNode, YAMLError } from "yaml";
import type { Position } from "./problem.ts";

type YamlPath = readonly (string | number)[];

/** YAML as plain JSON, with the way back to where each value stands. */
export interface YamlDocument {
  readonly value: JsonValue;
  /** Where the key (or list item) stands; of a path that is not there, its nearest ancestor; else `null`. */
  positionOf(path: YamlPath): Position | null;
  /** Where the text of a string begins, and how far its lines are indented. */
  textPositionOf(path: YamlPath): { readonly line: number; readonly indent: number } | null;
  readonly warnings: readonly YamlFinding[];
}

interface YamlFinding extends Position {
  readonly message: string;
  readonly remedy: string;
}

export type YamlReading =
  | { readonly kind: "read"; readonly document: YamlDocument }
  | { readonly kind: "broken"; readonly findings: readonly YamlFinding[] };

/** After a first mistake a parser finds many that are none. */
const mostFindings = 10;
/** Expansions of aliases that are still taken for a person's work. */
const mostAliases = 100;

const remedies: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "Keep one of the two.",
  TAB_AS_INDENT: "Indent with spaces.",
  MULTIPLE_DOCS: "Keep one YAML document.",
  BAD_SCALAR_START: "Put the value in quotes.",
  BLOCK_AS_IMPLICIT_KEY: "Put a value that contains ': ' in quotes.",
  MISSING_CHAR: "Close what is open, or put the value in quotes.",
};

/** Parses one YAML 1.2 document that begins on line `firstLine` of its file. Never throws. */
export function readYaml(text: string, firstLine: number): YamlReading {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    version: "1.2",
  });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: line + firstLine - 1, column: col };
  };
  const toFinding = (error: YAMLError): YamlFinding => ({
    ...at(error.pos[0]),
    message: `${error.message.split("\n", 1)[0]}.`,
    remedy: remedies[error.code] ?? "Correct the YAML here.",
  });
  if (document.errors.length > 0) {
    return { kind: "broken", findings: document.errors.slice(0, mostFindings).map(toFinding) };
  }
  let value: JsonValue;
  try {
    value = toJson(document.toJS({ maxAliasCount: mostAliases }), []);
  } catch (error) {
    const message = `${error instanceof Error ? error.message : String(error)}.`;
    const remedy = "Write plain values: no cycles, few aliases, no binary data.";
    return { kind: "broken", findings: [{ line: firstLine, column: 1, message, remedy }] };
  }
  return {
    kind: "read",
    document: {
      value,
      positionOf: (path) => positionOf(document, path, at),
      textPositionOf: (path) => textPositionOf(document, path, text, at),
      warnings: document.warnings.slice(0, mostFindings).map(toFinding),
    },
  };
}

/** Copies what JSON can hold and refuses the rest. */
function toJson(value: unknown, parents: readonly unknown[]): JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Error(`${value} is not a number that JSON can hold`);
    return value;
  }
  if (parents.includes(value)) throw new Error("An alias contains itself");
  if (Array.isArray(value)) return value.map((item) => toJson(item, [...parents, value]));
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, toJson(item, [...parents, value])]),
    );
  }
  throw new Error("A tag makes a value that JSON cannot hold");
}

interface Found {
  readonly key: unknown;
  readonly value: unknown;
}

/** Follows the path as far as it goes. */
function find(document: Document.Parsed, path: YamlPath): readonly Found[] {
  const found: Found[] = [];
  let node: unknown = document.contents;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    let next: Found | undefined;
    if (isMap<ParsedNode>(node)) {
      next = node.items.find(
        (pair: Pair<ParsedNode>) => isScalar(pair.key) && String(pair.key.value) === step,
      );
    } else if (isSeq<ParsedNode>(node) && typeof step === "number") {
      const item = node.items[step];
      if (item !== undefined) next = { key: item, value: item };
    }
    if (next === undefined) break;
    found.push(next);
    node = next.value;
  }
  return found;
}

function positionOf(
  document: Document.Parsed,
  path: YamlPath,
  at: (offset: number) => Position,
): Position | null {
  const key = find(document, path).at(-1)?.key;
  return isNode(key) && key.range ? at(key.range[0]) : null;
}

function textPositionOf(
  document: Document.Parsed,
  path: YamlPath,
  text: string,
  at: (offset: number) => Position,
): { line: number; indent: number } | null {
  const found = find(document, path);
  const value = found.at(-1)?.value;
  if (found.length !== path.length || !isScalar(value) || !value.range) return null;
  const start = at(value.range[0]);
  if (value.type === "PLAIN") return { line: start.line, indent: start.column - 1 };
  if (value.type?.startsWith("QUOTE") === true) return { line: start.line, indent: start.column };
  const afterHeader = text.indexOf("\n", value.range[0]) + 1;
  const indent = /^(?:[ ]*\n)*([ ]*)/.exec(text.slice(afterHeader))?.[1]?.length ?? 0;
  return { line: start.line + 1, indent };
}
