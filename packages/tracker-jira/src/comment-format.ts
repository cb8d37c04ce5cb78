import { createHash } from "node:crypto";
import * as v from "valibot";
import type { Body } from "./jira-client.ts";
import { markdownToAdf } from "./markdown-to-adf.ts";

/** Jira refuses comments of more than 32,767 characters; markup of Data Center takes some. */
const maxLength = 25_000;
/** Name of the property of a comment of ours. */
const propertyKey = "signalbox";
/** By what a service project knows comments that its customers do not see. */
const internalProperty = { key: "sd.public.comment", value: { internal: true } };
const anchor = /^\{anchor:signalbox-([\w-]*)\}\s*/;

/** What a comment of ours says of itself. */
export interface CommentMark {
  readonly key: string;
  /** Of the Markdown that it was made of; `null`: whatever it was, it is to be written again. */
  readonly hash: string | null;
}

/** The text, cut where it is too long for a comment. */
export function cutComment(body: string): string {
  const text = body.replaceAll("\r\n", "\n").trimEnd();
  if (text.length <= maxLength) return text;
  const head = text.slice(0, maxLength);
  return `${withoutHalfCharacter(head)}\n\n… cut: Jira takes no longer comment.`;
}

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/**
 * A comment of Cloud: a document, and its key in a property that nobody sees. `isInternal`: customers of the service
 * project do not see it either.
 */
export function cloudComment(key: string, text: string, isInternal: boolean): Body {
  const value: CommentMark = { key, hash: hashOf(text) };
  const own = { key: propertyKey, value };
  return { body: markdownToAdf(text), properties: isInternal ? [own, internalProperty] : [own] };
}

/** A comment of Data Center: the text behind an anchor that nobody sees, and nothing in it that would act. */
export function plainComment(key: string, text: string, isInternal: boolean): Body {
  const name = Buffer.from(key, "utf8").toString("base64url");
  const body = `{anchor:signalbox-${name}}\n${withoutMarkup(text)}`;
  return isInternal ? { body, properties: [internalProperty] } : { body };
}

const propertySchema = v.object({
  key: v.literal(propertyKey),
  value: v.object({ key: v.string(), hash: v.fallback(v.nullish(v.string(), null), null) }),
});

/** Among the properties of a comment of Cloud. */
export function markOfProperties(properties: readonly unknown[]): CommentMark | null {
  for (const property of properties) {
    const known = v.safeParse(propertySchema, property);
    if (known.success) return known.output.value;
  }
  return null;
}

/** At the beginning of a comment of Data Center. `hash` is of the comment as it stands. */
export function markOfText(body: string): CommentMark | null {
  const name = anchor.exec(body)?.[1];
  if (name === undefined) return null;
  return { key: Buffer.from(name, "base64url").toString("utf8"), hash: hashOfPlain(body) };
}

/** What `markOfText` has to find where the text is this one already. */
export function hashOfPlain(body: string): string {
  return hashOf(body.replaceAll("\r\n", "\n").trimEnd());
}

/** Macros, mentions, images and anchors would act, not say: a backslash keeps each from it. */
function withoutMarkup(text: string): string {
  return text.replaceAll(/[{}[\]!]/g, String.raw`\$&`);
}

function withoutHalfCharacter(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}
