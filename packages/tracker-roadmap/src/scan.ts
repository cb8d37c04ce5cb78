import { readFrontMatter } from "./front-matter.ts";
import {
  closesFence,
  indentOf,
  readFenceStart,
  readFieldStart,
  readHeading,
  startsBlock,
  withoutTrailingComment,
} from "./markdown-line.ts";
import type { FenceStart } from "./markdown-line.ts";
import { SourceLines } from "./source-lines.ts";
import type { SourceProblem } from "./source-problem.ts";
import type { Span } from "./span.ts";

/** `- **Key:** value`, with the indented lines that go on with it. */
export interface Field {
  /** As it is written. */
  readonly key: string;
  /** 1-based. */
  readonly line: number;
  /** The value's paragraph without white space around it and without a comment at its end; empty where there is none. */
  readonly value: Span;
  /** From the list mark to the end of everything that is indented below it. */
  readonly whole: Span;
}

/** A heading of level 3 and what stands below it. */
export interface Feature {
  /** Without the prefix `Feature:`. Never empty. */
  readonly title: string;
  readonly milestone: string | null;
  /** 1-based. */
  readonly line: number;
  readonly fields: readonly Field[];
  /** Prose, lists and fences that belong to no field. */
  readonly prose: readonly Span[];
}

export interface Scan {
  readonly created: string | null;
  readonly features: readonly Feature[];
  readonly problems: readonly SourceProblem[];
}

type Open<Type> = { -readonly [Key in keyof Type]: Type[Key] };
type OpenField = Open<Omit<Field, "value" | "whole">> & { value: Open<Span>; whole: Open<Span> };
type OpenFeature = Omit<Feature, "fields" | "prose"> & {
  readonly fields: OpenField[];
  readonly prose: Open<Span>[];
};

/** What starts a block that has to be closed, and how a person reads it. */
interface Opener {
  readonly kind: string;
  readonly length: number;
  readonly name: string;
  readonly closer: string;
}

/** Finds the features of a roadmap and where their fields stand. Never fails: what it cannot read is a problem with a line. */
export function scanRoadmap(text: string): Scan {
  return new Scanner(text).scan();
}

class Scanner {
  readonly #lines: SourceLines;
  readonly #features: OpenFeature[] = [];
  readonly #problems: SourceProblem[] = [];
  /** Openers that nothing closes down to the end of the file, so that none is searched for twice. */
  readonly #unclosed = new Map<string, number>();
  #milestone: string | null = null;
  #inHistory = false;
  #feature: OpenFeature | null = null;
  #field: OpenField | null = null;
  #valueGoesOn = false;

  constructor(text: string) {
    this.#lines = new SourceLines(text);
  }

  scan(): Scan {
    const front = readFrontMatter(this.#lines);
    this.#problems.push(...front.problems);
    for (let index = front.bodyLine; index < this.#lines.count;) index = this.#readLine(index);
    return { created: front.created, features: this.#features, problems: this.#problems };
  }

  /** Takes the line (or the block that starts with it) in and answers the index of the next one. */
  #readLine(index: number): number {
    const line = this.#lines.at(index);
    if (line.trim() === "") {
      this.#valueGoesOn = false;
      return index + 1;
    }
    const indent = indentOf(line);
    const inField = this.#field !== null && indent >= 2;
    const last = this.#endOfBlock(index, line, indent, inField);
    if (last !== null) {
      const isComment = line.trimStart().startsWith("<!--");
      if (inField) this.#extendField(last);
      else if (isComment) this.#closeField();
      else this.#addProse(index, last);
      this.#valueGoesOn = false;
      return last + 1;
    }
    if (inField) this.#continueField(index, line);
    else if (!this.#readHeading(index, line) && !this.#readField(index, line)) {
      this.#addProse(index, index);
    }
    return index + 1;
  }

  /** Index of the last line of the fence or comment that starts on this line; `null` if none does, or if nothing ends it. */
  #endOfBlock(index: number, line: string, indent: number, inField: boolean): number | null {
    if (indent > 3 && !inField) return null;
    if (line.trimStart().startsWith("<!--")) {
      const comment = { kind: "<!--", length: 4, name: "the HTML comment", closer: "-->" };
      return this.#search(index, comment, index, (next) => next.includes("-->"));
    }
    const fence = readFenceStart(line);
    if (fence === null) return null;
    if (inField) return this.#endOfFieldFence(index, fence);
    const { mark, length } = fence;
    const opener = { kind: mark, length, name: "the code fence", closer: mark.repeat(length) };
    return this.#search(index, opener, index + 1, (next) => closesFence(next, fence));
  }

  /** A fence below a list item ends with the item, closed or not. */
  #endOfFieldFence(index: number, fence: FenceStart): number {
    for (let at = index + 1; at < this.#lines.count; at += 1) {
      const line = this.#lines.at(at);
      if (closesFence(line, fence)) return at;
      if (line.trim() !== "" && indentOf(line) < 2) return at - 1;
    }
    return this.#lines.count - 1;
  }

  /**
   * A block without an end is read as plain text. By the letter of CommonMark it would swallow the rest of the file:
   * the features below would vanish from the tracker while somebody is typing.
   */
  #search(
    index: number,
    opener: Opener,
    from: number,
    closes: (line: string) => boolean,
  ): number | null {
    const { kind, length, name, closer } = opener;
    if (length < (this.#unclosed.get(kind) ?? Infinity)) {
      for (let at = from; at < this.#lines.count; at += 1) {
        if (closes(this.#lines.at(at))) return at;
      }
      this.#unclosed.set(kind, length);
    }
    this.#problems.push({
      line: index + 1,
      message: `${name} that starts here is never closed, so it is read as text`,
      remedy: `Close it with ${closer}.`,
    });
    return null;
  }

  #readHeading(index: number, line: string): boolean {
    const heading = readHeading(line);
    if (heading === null || heading.level > 3) return false;
    this.#closeField();
    this.#feature = null;
    if (heading.level < 3) {
      const name = heading.title.replace(/^milestone:\s*/i, "").trim();
      this.#milestone = heading.level === 1 || name === "" ? null : name;
      this.#inHistory = /^assignment history$/i.test(name);
    } else if (!this.#inHistory) {
      this.#openFeature(index, heading.title.replace(/^feature:\s*/i, "").trim());
    }
    return true;
  }

  #openFeature(index: number, title: string): void {
    if (title === "") {
      this.#problems.push({
        line: index + 1,
        message: "a feature has no title",
        remedy: "Write the title behind `###`.",
      });
      return;
    }
    this.#feature = { title, milestone: this.#milestone, line: index + 1, fields: [], prose: [] };
    this.#features.push(this.#feature);
  }

  #readField(index: number, line: string): boolean {
    const start = this.#feature === null ? null : readFieldStart(line);
    if (start === null) return false;
    const from = this.#lines.start(index) + start.valueColumn;
    const length = withoutTrailingComment(line.slice(start.valueColumn)).length;
    this.#field = {
      key: start.key,
      line: index + 1,
      value: { start: from, end: from + length },
      whole: { start: this.#lines.start(index), end: this.#lines.end(index) },
    };
    this.#feature?.fields.push(this.#field);
    this.#valueGoesOn = true;
    return true;
  }

  #continueField(index: number, line: string): void {
    this.#extendField(index);
    if (this.#field === null || !this.#valueGoesOn || startsBlock(line)) {
      this.#valueGoesOn = false;
      return;
    }
    const start = this.#lines.start(index);
    const { value } = this.#field;
    if (value.start === value.end) value.start = start + line.length - line.trimStart().length;
    value.end = Math.max(value.start, start + withoutTrailingComment(line).length);
  }

  #extendField(last: number): void {
    if (this.#field !== null) this.#field.whole.end = this.#lines.end(last);
  }

  #closeField(): void {
    this.#field = null;
    this.#valueGoesOn = false;
  }

  #addProse(first: number, last: number): void {
    this.#closeField();
    const prose = this.#feature?.prose;
    if (prose === undefined) return;
    const previous = prose.at(-1);
    const start = this.#lines.start(first);
    const between = previous && this.#lines.text.slice(previous.end, start);
    if (previous && between?.trim() === "") previous.end = this.#lines.end(last);
    else prose.push({ start, end: this.#lines.end(last) });
  }
}
