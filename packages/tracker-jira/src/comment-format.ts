import { createHash } from "node:crypto";
import { clip } from "@signalbox/http-tracker";
import * as v from "valibot";
import type { Body } from "./jira-client.ts";
import { markdownToAdf } from "./markdown-to-adf.ts";

/** Jira refuses comments of more than 32,767 characters; markup takes some. */
const maxLength = 25_000;
const maxWritten = 32_000;
/** No database of Jira's takes the first, and no XML: what else has no place in a text is left out with it. */
const control = /[^\P{Cc}\t\n]/gu;
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

/** The text, cut where it is too long for a comment, or would be as it is written there. */
export function cutComment(body: string, isPlain: boolean): string {
  const text = body.replaceAll("\r\n", "\n").replaceAll(control, "").toWellFormed().trimEnd();
  let head = clip(text, maxLength);
  for (;;) {
    const { length } = isPlain ? withoutMarkup(head) : head;
    if (length <= maxWritten) break;
    head = clip(head, Math.floor((head.length * maxWritten) / length));
  }
  return head === text ? text : `${head}\n\n… cut: Jira takes no longer comment.`;
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

/**
 * Macros, mentions, images and anchors would act, not say: a backslash keeps each from it. Before one, a backslash that
 * the text has must be none of Jira's: two are a line break, behind which markup acts.
 */
function withoutMarkup(text: string): string {
  return text.replaceAll(/\\(?=[\\{}[\]!])|[{}[\]!]/g, (character) =>
    character === "\\" ? "&#92;" : `\\${character}`,
  );
}
