import { lexer } from "marked";
import type { Token, Tokens } from "marked";
import { inlineNodes } from "./adf-inline-writing.ts";
import type { AdfDocument, AdfNode } from "./adf-node.ts";
import { isMarkedToken } from "./marked-token.ts";

/** Deeper Markdown is written as its text. */
const deepest = 12;
/** A row may be short in Markdown, and has all of its cells in a document. */
const mostCells = 3_000;

/**
 * Markdown as a document of Cloud. Jira refuses documents in which something stands where its format does not allow
 * it: such a part is written as the nearest that is allowed there. It never throws.
 */
export function markdownToAdf(markdown: string): AdfDocument {
  const content = inBlocks(tokensOf(markdown), "doc", 0);
  return { version: 1, type: "doc", content: content.length === 0 ? [paragraph([])] : content };
}

/** What blocks stand in. Quotes and items take paragraphs, lists and code alone; cells take headings and rules too. */
type Place = "doc" | "quote" | "item";

function tokensOf(markdown: string): readonly Token[] {
  try {
    return lexer(markdown, { gfm: true });
  } catch {
    // Deep nesting exhausts the stack of the lexer.
    return [{ type: "code", raw: markdown, text: markdown }];
  }
}

function inBlocks(tokens: readonly Token[], place: Place, depth: number): readonly AdfNode[] {
  return tokens.flatMap((token) => blockOf(token, place, depth));
}

function blockOf(token: Token, place: Place, depth: number): readonly AdfNode[] {
  if (depth > deepest || !isMarkedToken(token)) return textBlock(token.raw);
  switch (token.type) {
    case "space":
    case "def":
    case "checkbox":
      return [];
    case "heading":
      return heading(token, place);
    case "paragraph":
      return filled(inlineNodes(token.tokens));
    case "text":
      return filled(inlineNodes(token.tokens ?? [token]));
    case "code":
      return [codeBlock(token)];
    case "hr":
      return place === "doc" ? [{ type: "rule" }] : textBlock("---");
    case "blockquote":
      return quote(token.tokens, place, depth);
    case "list":
      return [list(token, depth)];
    case "table":
      return place === "doc" && cellsOf(token) <= mostCells ? [table(token)] : [asCode(token.raw)];
    // HTML is shown as it was written.
    case "html":
    case "br":
    case "codespan":
    case "del":
    case "em":
    case "escape":
    case "image":
    case "link":
    case "list_item":
    case "strong":
      return textBlock(token.raw);
  }
}

function heading({ depth: level, tokens }: Tokens.Heading, place: Place): readonly AdfNode[] {
  const inline = inlineNodes(tokens, place === "doc" ? [] : [{ type: "strong" }]);
  if (inline.length === 0) return [];
  if (place !== "doc") return [paragraph(inline)];
  return [{ type: "heading", attrs: { level }, content: inline }];
}

/** A quote in a quote, or in a list, is its content. */
function quote(tokens: readonly Token[], place: Place, depth: number): readonly AdfNode[] {
  if (place !== "doc") return inBlocks(tokens, place, depth + 1);
  const content = inBlocks(tokens, "quote", depth + 1);
  return content.length === 0 ? [] : [{ type: "blockquote", content }];
}

function list({ ordered, start, items }: Tokens.List, depth: number): AdfNode {
  const content = items.map((item): AdfNode => {
    const inner = inBlocks(item.tokens, "item", depth + 1);
    const marked = item.task ? withBox(inner, item.checked === true) : inner;
    const [first] = marked;
    // An item begins with a paragraph or with code.
    const isAllowed = first?.type === "paragraph" || first?.type === "codeBlock";
    return { type: "listItem", content: isAllowed ? marked : [paragraph([]), ...marked] };
  });
  if (!ordered) return { type: "bulletList", content };
  const order = typeof start === "number" ? start : 1;
  return { type: "orderedList", attrs: { order }, content };
}

/** Tasks of Jira are tasks of its own, with people: a box is a character. */
function withBox(content: readonly AdfNode[], isChecked: boolean): readonly AdfNode[] {
  const box: AdfNode = { type: "text", text: isChecked ? "☑ " : "☐ " };
  const [first, ...others] = content;
  if (first?.type !== "paragraph") return [paragraph([box]), ...content];
  return [paragraph([box, ...(first.content ?? [])]), ...others];
}

function codeBlock({ text, lang }: Tokens.Code): AdfNode {
  const language = lang?.trim().split(/\s/)[0] ?? "";
  return {
    type: "codeBlock",
    ...(language === "" ? {} : { attrs: { language } }),
    ...(text === "" ? {} : { content: [{ type: "text", text }] }),
  };
}

function asCode(raw: string): AdfNode {
  return codeBlock({ type: "code", raw, text: raw.trim() });
}

function cellsOf({ header, rows }: Tokens.Table): number {
  return header.length * (rows.length + 1);
}

function table({ header, rows }: Tokens.Table): AdfNode {
  const content = [row("tableHeader", header), ...rows.map((cells) => row("tableCell", cells))];
  return { type: "table", content };
}

function row(type: "tableHeader" | "tableCell", cells: readonly Tokens.TableCell[]): AdfNode {
  const content = cells.map(({ tokens }): AdfNode => ({
    type,
    content: [paragraph(inlineNodes(tokens))],
  }));
  return { type: "tableRow", content };
}

function textBlock(raw: string): readonly AdfNode[] {
  const text = raw.trim();
  return text === "" ? [] : [paragraph([{ type: "text", text }])];
}

function filled(content: readonly AdfNode[]): readonly AdfNode[] {
  return content.length === 0 ? [] : [paragraph(content)];
}

function paragraph(content: readonly AdfNode[]): AdfNode {
  return { type: "paragraph", content };
}
