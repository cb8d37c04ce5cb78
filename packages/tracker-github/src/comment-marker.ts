/** GitHub refuses longer comments. */
export const maxLength = 65_536;
const cutNote = `\n\n… cut: GitHub takes ${maxLength} characters in a comment.`;
const marker = /^<!-- signalbox:key=([^\s<>]*) -->\r?\n?/;

/** The body as it is written: the key first, hidden, so that nothing that is cut off takes it along. */
export function markedBody(key: string, body: string): string {
  const head = `<!-- signalbox:key=${encodeKey(key)} -->\n`;
  const text = body.replaceAll("\r\n", "\n").trimEnd();
  const room = maxLength - head.length;
  if (text.length <= room) return head + text;
  return head + withoutHalfCharacter(text.slice(0, room - cutNote.length)) + cutNote;
}

/** Whether the body is written whole. */
export function isWhole(key: string, body: string): boolean {
  return !markedBody(key, body).endsWith(cutNote);
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

function withoutHalfCharacter(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}
