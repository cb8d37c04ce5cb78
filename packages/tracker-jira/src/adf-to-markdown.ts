import { inlineMarkdown, oneInline } from "./adf-inline.ts";
import { longestRun } from "./longest-run.ts";
import { deepest, readNode } from "./adf-reading.ts";
import type { ReadNode } from "./adf-reading.ts";

/**
 * A document of Cloud as Markdown. Nodes that are not known give their text; what is no document gives nothing. It
 * never throws. Text that looks like Markdown stays as it is.
 */
export function adfToMarkdown(document: unknown): string {
  const lines = blocks(readNode(document).content, 0).split("\n");
  // A pattern for blanks at the end of a line costs the square of their number.
  return lines
    .map((line) => line.trimEnd())
    .join("\n")
    .trim();
}

const inlineTypes: ReadonlySet<string> = new Set([
  "text",
  "hardBreak",
  "mention",
  "emoji",
  "date",
  "status",
  "placeholder",
  "inlineCard",
  "mediaInline",
  "inlineExtension",
]);

/** Blocks one below the other; inline nodes in their place make paragraphs. */
function blocks(values: readonly unknown[], depth: number, gap = "\n\n"): string {
  if (depth > deepest) return "";
  const parts: string[] = [];
  let isLine = false;
  for (const value of values) {
    const node = readNode(value);
    const isInline = inlineTypes.has(node.type);
    const text = isInline ? oneInline(node, depth) : block(node, depth);
    const last = parts.pop();
    if (isInline && isLine && last !== undefined) parts.push(last + text);
    else parts.push(...(last === undefined ? [] : [last]), text);
    isLine = isInline;
  }
  return parts.filter((part) => part.trim() !== "").join(gap);
}

function block(node: ReadNode, depth: number): string {
  const { type, content, attribute } = node;
  const inner = depth + 1;
  switch (type) {
    case "paragraph":
    case "caption":
      return inlineMarkdown(content, inner);
    case "heading":
      return heading(attribute("level"), inlineMarkdown(content, inner));
    case "codeBlock":
      return fenced(inlineMarkdown(content.map(withoutMarks), inner), attribute("language"));
    case "rule":
      return "---";
    case "blockquote":
      return quote(blocks(content, inner));
    case "panel":
      return quote(`**${attribute("panelType") || "panel"}**\n\n${blocks(content, inner)}`);
    case "bulletList":
    case "orderedList":
    case "taskList":
    case "decisionList":
      return list(node, inner);
    case "table":
      return table(content, inner);
    case "expand":
    case "nestedExpand":
      return [titled(attribute("title")), blocks(content, inner)].filter(Boolean).join("\n\n");
    case "mediaGroup":
      return blocks(content, inner, "\n");
    default:
      return content.length === 0 ? oneInline(node, inner) : blocks(content, inner);
  }
}

function heading(level: string, text: string): string {
  const depth = Math.min(Math.max(Math.trunc(Number(level)) || 1, 1), 6);
  return text === "" ? "" : `${"#".repeat(depth)} ${text.replaceAll("\n", " ")}`;
}

function titled(title: string): string {
  return title === "" ? "" : `**${title}**`;
}

function withoutMarks(value: unknown): unknown {
  const { type, text } = readNode(value);
  return type === "text" ? { type, text } : value;
}

/** Fenced by more backticks than it has in a row. */
function fenced(text: string, language: string): string {
  const fence = "`".repeat(Math.max(2, longestRun(text)) + 1);
  return `${fence}${language.replaceAll(/[^\w+#.-]/g, "")}\n${text}\n${fence}`;
}

function quote(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`))
    .join("\n");
}

function list({ type, content, attribute }: ReadNode, depth: number): string {
  if (depth > deepest) return "";
  const first = Math.max(Math.trunc(Number(attribute("order"))) || 1, 0);
  const items: string[] = [];
  let count = 0;
  for (const value of content) {
    const item = readNode(value);
    // Lists of tasks stand in lists of tasks, beside their items.
    if (item.type === type) {
      items.push(indented(list(item, depth + 1), "  "));
      continue;
    }
    const mark = type === "orderedList" ? `${first + count}.` : bullet(item);
    count += 1;
    items.push(
      `${mark} ${indented(blocks(item.content, depth + 1, "\n"), " ".repeat(mark.length + 1)).trimStart()}`,
    );
  }
  return items.join("\n");
}

function bullet({ type, attribute }: ReadNode): string {
  if (type !== "taskItem" && type !== "blockTaskItem") return "-";
  return attribute("state") === "DONE" ? "- [x]" : "- [ ]";
}

function indented(text: string, blanks: string): string {
  return text.replaceAll(/^(?=.)/gm, blanks);
}

/** Markdown wants a head, as broad as any row: the first row is it, whatever it was. */
function table(rows: readonly unknown[], depth: number): string {
  const read = rows.map((row) =>
    readNode(row).content.map((cell) => cellText(blocks(readNode(cell).content, depth + 1, "\n"))),
  );
  const width = read.reduce((most, cells) => Math.max(most, cells.length), 0);
  if (width === 0) return "";
  const [head = [], ...others] = read;
  const broadHead = Array.from({ length: width }, (_, at) => head[at] ?? "");
  const rule = broadHead.map(() => "---");
  return [broadHead, rule, ...others].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function cellText(text: string): string {
  return text
    .trim()
    .replaceAll("|", String.raw`\|`)
    .replaceAll("\n", "<br>");
}
