import type { CommentOrder, IssueComment } from "@signalbox/contracts";
import { readDate, writeDate } from "./backlog-date.ts";
import { findComments } from "./comments-section.ts";
import { payload } from "./file-error.ts";
import { bodyStartOf } from "./front-matter.ts";

interface WrittenComment {
  /** Of ours; `null` where it has none. */
  readonly key: string | null;
  readonly author: string | null;
  readonly body: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** Offsets in the text, from its first header line to its closing `---`. */
  readonly start: number;
  readonly end: number;
}

const author = "signalbox";
const comment =
  /(?<headers>(?:[a-z_]+:[^\n]*\n|[ \t]*\r?\n)*)[ \t]*---[ \t]*\r?\n(?<body>[\s\S]*?)^[ \t]*---[ \t]*$/gim;
const keyLine = /^<!-- signalbox:key=([^\s<>]*) -->\r?\n?/;
const olderForm = /<!-- COMMENT:BEGIN -->/i;

/** Comments of people, in the order of the file; ours are left out. */
export function peoplesComments(text: string, name: string): readonly IssueComment[] {
  return commentsIn(text, name).flatMap(({ key, author: by, body, createdAt }, index) =>
    key === null ? { id: `${index + 1}`, author: by, body, createdAt } : [],
  );
}

/** When the comment with that key was written; `null` where there is none. */
export function writtenAt(text: string, name: string, key: string): string | null {
  return commentsIn(text, name).find((one) => one.key === key)?.createdAt ?? null;
}

/** The text with that comment in it; `null` where it says it already. */
export function withComment(
  text: string,
  name: string,
  order: CommentOrder,
  nowMs: number,
): string | null {
  const newline = /\r?\n/.exec(text)?.[0] ?? "\n";
  const body = marked(order);
  const known = commentsIn(text, name).find(({ key }) => key === order.key);
  if (known !== undefined && `${keyMark(order.key)}\n${known.body}`.trimEnd() === body) return null;
  const lines = [`author: ${author}`, `created: ${writeDate(nowMs)}`, "---", body, "---"];
  const written = lines.join("\n").replaceAll("\n", newline);
  if (known !== undefined) return text.slice(0, known.start) + written + text.slice(known.end);
  const bodyStart = bodyStartOf(text, name);
  const section = findComments(text.slice(bodyStart));
  if (section !== null) {
    const at = bodyStart + section.innerEnd;
    const isEmpty = text.slice(bodyStart + section.innerStart, at).trim() === "";
    return `${text.slice(0, at)}${isEmpty ? "" : newline}${written}${newline}${text.slice(at)}`;
  }
  const heading = ["## Comments", "", "<!-- COMMENTS:BEGIN -->", ""].join(newline);
  const gap = text.endsWith(newline + newline)
    ? ""
    : text.endsWith("\n")
      ? newline
      : newline + newline;
  return `${text}${gap}${heading}${written}${newline}<!-- COMMENTS:END -->${newline}`;
}

/**
 * The program writes minutes. So that comments of one minute are told apart, a millisecond is added for each that stands
 * before: the order of the file is that of writing.
 */
function commentsIn(text: string, name: string): readonly WrittenComment[] {
  const bodyStart = bodyStartOf(text, name);
  const section = findComments(text.slice(bodyStart));
  if (section === null) return [];
  const innerStart = bodyStart + section.innerStart;
  const inner = text.slice(innerStart, bodyStart + section.innerEnd);
  if (olderForm.test(inner)) {
    throw payload(
      name,
      "has comments in an older form",
      "Let the program rewrite them: `backlog task edit <id> --comment <text>`.",
    );
  }
  return [...inner.matchAll(comment)].map((match, index) => {
    const { headers = "", body = "" } = match.groups ?? {};
    const blank = /^\s*/.exec(headers)?.[0].length ?? 0;
    const start = innerStart + match.index;
    const content = body.replaceAll("\r\n", "\n");
    const encoded = keyLine.exec(content)?.[1];
    const by = headerOf(headers, "author");
    // Who copies a comment of ours copies its key.
    const isOurs = encoded !== undefined && by === author;
    return {
      key: isOurs ? decodeKey(encoded) : null,
      author: by,
      body: content.replace(keyLine, "").trim(),
      createdAt: instant(headerOf(headers, "created"), index),
      start: start + blank,
      end: start + match[0].length,
    };
  });
}

function headerOf(headers: string, key: string): string | null {
  const value = new RegExp(`^${key}:(.*)$`, "im").exec(headers)?.[1]?.trim() ?? "";
  return value === "" ? null : value;
}

function instant(created: string | null, index: number): string {
  const minute = readDate(created ?? "") ?? "1970-01-01T00:00:00Z";
  return new Date(Date.parse(minute) + index).toISOString();
}

/** As it is written: what the program keeps for itself is written in another way that reads the same. */
function marked({ key, body }: CommentOrder): string {
  const text = body
    .replaceAll("\r\n", "\n")
    .replaceAll(/^[ \t]*---[ \t]*$/gm, "- - -")
    .replaceAll(/<!--(?=\s*(?:SECTION|COMMENTS?|AC|DOD|signalbox):)/gi, "&lt;!--")
    .trim();
  return `${keyMark(key)}\n${text}`.trimEnd();
}

/** Two hyphens would end the HTML comment. */
function keyMark(key: string): string {
  return `<!-- signalbox:key=${encodeURIComponent(key).replaceAll("-", "%2D")} -->`;
}

function decodeKey(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded);
  } catch {
    // Somebody wrote it by hand.
    return null;
  }
}
