import type { LineCursor } from "./line-cursor.ts";
import { endOfValue, readFieldStart, startsBlock } from "./markdown-line.ts";
import type { Milestone } from "./milestone.ts";
import type { Field, FeatureParts } from "./read-feature.ts";
import type { Span } from "./span.ts";

type Open<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Collects the lines of one feature, in order. */
export class FeatureBuilder {
  readonly title: string;
  readonly start: number;
  /** 1-based line of its heading. */
  readonly line: number;
  readonly #text: string;
  readonly #milestone: Milestone;
  readonly #fields: Open<Field>[] = [];
  readonly #prose: Open<Span>[] = [];
  #field: Open<Field> | null = null;
  #valueGoesOn = false;

  /** Starts with the heading that `line` is at. */
  constructor(text: string, title: string, line: LineCursor, milestone: Milestone) {
    this.#text = text;
    this.title = title;
    this.start = line.start;
    this.line = line.row + 1;
    this.#milestone = milestone;
  }

  /** Whether a line with that indent stands below a field. */
  isInField(indent: number): boolean {
    return indent >= 2 && this.#field !== null;
  }

  addBlank(): void {
    this.#valueGoesOn = false;
  }

  /** An HTML comment: part of the field that it is indented below, and of nothing otherwise. */
  addComment(indent: number, end: number): void {
    if (this.isInField(indent)) this.#extendField(end);
    else this.#closeField();
  }

  addFence(start: number, indent: number, end: number): void {
    if (this.isInField(indent)) this.#extendField(end);
    else this.#addProse(start, end);
  }

  /** A line that is none of the above. */
  addLine(line: LineCursor): void {
    if (this.isInField(line.indent)) this.#continueField(line);
    else if (!this.#openField(line)) this.#addProse(line.start, line.end);
  }

  /** @param source what stands from its heading on, a text of its own. */
  parts(source: string): FeatureParts {
    const { title } = this;
    return {
      source,
      title,
      milestone: this.#milestone,
      fields: this.#fields,
      prose: this.#prose,
    };
  }

  #openField({ start: lineStart, end, row }: LineCursor): boolean {
    const field = readFieldStart(this.#text, lineStart, end);
    if (field === null) return false;
    const { start } = this;
    this.#field = {
      keyStart: field.keyStart - start,
      keyEnd: field.keyEnd - start,
      row: row + 1 - this.line,
      start: field.valueStart - start,
      end: endOfValue(this.#text, field.valueStart, end) - start,
      wholeStart: lineStart - start,
      wholeEnd: end - start,
    };
    this.#fields.push(this.#field);
    this.#valueGoesOn = true;
    return true;
  }

  #continueField(line: LineCursor): void {
    const field = this.#field;
    const goesOn = this.#valueGoesOn && !startsBlock(line.text);
    this.#extendField(line.end);
    if (field === null || !goesOn) return;
    this.#valueGoesOn = true;
    if (field.start === field.end) field.start = line.content - this.start;
    field.end = Math.max(field.start, endOfValue(this.#text, line.start, line.end) - this.start);
  }

  #extendField(end: number): void {
    this.#valueGoesOn = false;
    if (this.#field !== null) this.#field.wholeEnd = end - this.start;
  }

  #closeField(): void {
    this.#field = null;
    this.#valueGoesOn = false;
  }

  #addProse(start: number, end: number): void {
    this.#closeField();
    const previous = this.#prose.at(-1);
    const from = start - this.start;
    const isNext = previous && this.#text.slice(this.start + previous.end, start).trim() === "";
    if (previous && isNext) previous.end = end - this.start;
    else this.#prose.push({ start: from, end: end - this.start });
  }
}
