import type { MarkedToken, Token } from "marked";

/** All that the lexer makes by itself. */
const types: Readonly<Record<MarkedToken["type"], true>> = {
  blockquote: true,
  br: true,
  checkbox: true,
  code: true,
  codespan: true,
  def: true,
  del: true,
  em: true,
  escape: true,
  heading: true,
  hr: true,
  html: true,
  image: true,
  link: true,
  list: true,
  list_item: true,
  paragraph: true,
  space: true,
  strong: true,
  table: true,
  text: true,
};

/** Whether it is a token of the lexer's own, and not of an extension. */
export function isMarkedToken(token: Token): token is MarkedToken {
  return Object.hasOwn(types, token.type);
}
