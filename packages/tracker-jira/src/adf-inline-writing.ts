import type { Token } from "marked";
import type { AdfMark, AdfNode } from "./adf-node.ts";
import { isMarkedToken } from "./marked-token.ts";

const entities: ReadonlyMap<string, string> = new Map([
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&quot;", '"'],
  ["&#39;", "'"],
]);

/** Inline Markdown as text with marks. Images are links: what they show is not in Jira. */
export function inlineNodes(
  tokens: readonly Token[],
  marks: readonly AdfMark[] = [],
): readonly AdfNode[] {
  return tokens.flatMap((token) => oneOf(token, marks));
}

function oneOf(token: Token, marks: readonly AdfMark[]): readonly AdfNode[] {
  if (!isMarkedToken(token)) return text(token.raw, marks);
  switch (token.type) {
    case "strong":
    case "em":
      return inlineNodes(token.tokens, withMark(marks, { type: token.type }));
    case "del":
      return inlineNodes(token.tokens, withMark(marks, { type: "strike" }));
    case "codespan":
      // Code takes links beside it, and no other mark.
      return text(token.text, [...marks.filter(({ type }) => type === "link"), { type: "code" }]);
    case "br":
      return [{ type: "hardBreak" }];
    case "checkbox":
      return [];
    case "link":
      return inlineNodes(token.tokens, linked(marks, token.href));
    case "image": {
      const alt = token.text === "" ? token.href : token.text;
      return text(plain(alt), linked(marks, token.href));
    }
    case "text":
      return token.tokens === undefined
        ? text(plain(token.text), marks)
        : inlineNodes(token.tokens, marks);
    case "escape":
      return text(token.text, marks);
    case "html":
    case "blockquote":
    case "code":
    case "def":
    case "heading":
    case "hr":
    case "list":
    case "list_item":
    case "paragraph":
    case "space":
    case "table":
      return text(token.raw, marks);
  }
}

function plain(written: string): string {
  return written.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (name) => entities.get(name) ?? name);
}

function text(written: string, marks: readonly AdfMark[]): readonly AdfNode[] {
  if (written === "") return [];
  return [{ type: "text", text: written, ...(marks.length === 0 ? {} : { marks }) }];
}

function withMark(marks: readonly AdfMark[], mark: AdfMark): readonly AdfMark[] {
  return marks.some(({ type }) => type === mark.type) ? marks : [...marks, mark];
}

/** Only addresses of pages and mail are links: others are the words that they stand on. */
function linked(marks: readonly AdfMark[], href: string): readonly AdfMark[] {
  if (!/^(?:https?:\/\/|mailto:)/i.test(href) || !URL.canParse(href)) return marks;
  return withMark(marks, { type: "link", attrs: { href: new URL(href).href } });
}
