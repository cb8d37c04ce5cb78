import { clip } from "./clip.ts";

const marker = /^<!-- signalbox:key=([^\s<>]*) -->\r?\n?/;

/** What a vendor takes in one comment. */
export interface CommentLimit {
  /** Characters. */
  readonly maxLength: number;
  /** Stands at the end of what was cut. */
  readonly cutNote: string;
}

/** The body as it is written: the key first, hidden, so that nothing that is cut off takes it along. */
export function markedBody(key: string, body: string, limit: CommentLimit): string {
  const head = `<!-- signalbox:key=${encodeKey(key)} -->\n`;
  const text = body.replaceAll("\r\n", "\n").trimEnd();
  const room = limit.maxLength - head.length;
  if (text.length <= room) return head + text;
  return head + clip(text, room - limit.cutNote.length) + limit.cutNote;
}

/** Whether the body is written whole. */
export function isWhole(key: string, body: string, limit: CommentLimit): boolean {
  return !markedBody(key, body, limit).endsWith(limit.cutNote);
}

/** Key of a comment of ours; `null` where it has none. */
export function keyOf(body: string): string | null {
  const encoded = marker.exec(body)?.[1];
  if (encoded === undefined) return null;
  try {
    return decodeURIComponent(encoded);
  } catch {
    // Somebody wrote it by hand.
    return null;
  }
}

/** The text below the marker. */
export function textOf(body: string): string {
  return body.replace(marker, "").replaceAll("\r\n", "\n").trimEnd();
}

/** Two hyphens would end the HTML comment. */
function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll("-", "%2D");
}
