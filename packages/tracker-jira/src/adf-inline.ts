import { longestRun } from "./longest-run.ts";
import { deepest, readNode } from "./adf-reading.ts";
import type { ReadNode } from "./adf-reading.ts";

/** Inline nodes as one line of Markdown, hard breaks aside. */
export function inlineMarkdown(nodes: readonly unknown[], depth: number): string {
  if (depth > deepest) return "";
  return nodes.map((value) => oneInline(readNode(value), depth)).join("");
}

/** An inline node that is alone, or in the place of a block. */
export function oneInline(node: ReadNode, depth: number): string {
  const { type, attribute } = node;
  switch (type) {
    case "text":
      return withMarks(node);
    case "hardBreak":
      return "\n";
    case "mention":
      return mention(attribute("text"), attribute("id"));
    case "emoji":
      return attribute("text") || attribute("shortName");
    case "date":
      return dateOf(attribute("timestamp"));
    case "status":
      return attribute("text") === "" ? "" : `[${attribute("text")}]`;
    case "placeholder":
      return attribute("text");
    case "inlineCard":
    case "blockCard":
    case "embedCard":
      return attribute("url") === "" ? "" : `<${attribute("url")}>`;
    case "media":
    case "mediaInline":
      return attachment(node);
    case "inlineExtension":
    case "extension":
      return attribute("text") || inlineMarkdown(node.content, depth + 1);
    default:
      return node.text || attribute("text") || inlineMarkdown(node.content, depth + 1);
  }
}

function mention(text: string, id: string): string {
  const name = text === "" ? id : text;
  return name === "" || name.startsWith("@") ? name : `@${name}`;
}

/** Days are kept as milliseconds of their beginning in UTC. */
function dateOf(timestamp: string): string {
  const date = new Date(timestamp === "" ? Number.NaN : Number(timestamp));
  return Number.isNaN(date.getTime()) ? timestamp : date.toISOString().slice(0, 10);
}

function attachment({ attribute }: ReadNode): string {
  const [alt, url] = [attribute("alt"), attribute("url")];
  if (url !== "") return `![${alt}](<${url}>)`;
  return `[attachment${alt === "" ? "" : `: ${alt}`}]`;
}

const around: ReadonlyMap<string, string> = new Map([
  ["em", "*"],
  ["strong", "**"],
  ["strike", "~~"],
]);

/** Blanks at the ends stay outside of marks, where Markdown wants them. */
function withMarks({ text, marks }: ReadNode): string {
  const inner = text.trim();
  if (inner === "") return text;
  const before = text.slice(0, text.length - text.trimStart().length);
  const after = text.slice(text.trimEnd().length);
  const read = marks.map(readNode);
  let marked = read.some(({ type }) => type === "code") ? codeSpan(inner) : inner;
  for (const { type } of read) {
    const fence = around.get(type) ?? "";
    marked = `${fence}${marked}${fence}`;
  }
  const href = read.find(({ type }) => type === "link")?.attribute("href") ?? "";
  if (href !== "") marked = href === inner ? `<${href}>` : `[${marked}](<${href}>)`;
  return `${before}${marked}${after}`;
}

/** Fenced by more backticks than it has in a row. */
function codeSpan(text: string): string {
  const fence = "`".repeat(longestRun(text) + 1);
  const isOpen = text.startsWith("`") || text.endsWith("`");
  return isOpen ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}
