import type { Feature } from "./feature.ts";
import { readFieldStart, startsBlock, withoutTrailingComment } from "./markdown-line.ts";
import { readFeature } from "./read-feature.ts";
import type { Field } from "./read-feature.ts";
import { copyOf } from "./span.ts";
import type { Span } from "./span.ts";
import type { TextLine } from "./text-line.ts";

type Open<Type> = { -readonly [Key in keyof Type]: Type[Key] };
type OpenField = Omit<Field, "value" | "whole"> & { value: Open<Span>; whole: Open<Span> };

/** Collects the lines of one feature, in order. */
export class FeatureBuilder {
  readonly start: number;
  readonly line: number;
  readonly #text: string;
  readonly #title: string;
  readonly #milestone: string | null;
  readonly #fields: OpenField[] = [];
  readonly #prose: Open<Span>[] = [];
  #field: OpenField | null = null;
  #valueGoesOn = false;

  constructor(
    text: string,
    heading: { readonly title: string; readonly start: number; readonly line: number },
    milestone: string | null,
  ) {
    this.#text = text;
    this.#title = heading.title;
    this.start = heading.start;
    this.line = heading.line;
    this.#milestone = milestone;
  }

  /** Whether a line with that indent stands below a field. */
  isInField(indent: number): boolean {
    return this.#field !== null && indent >= 2;
  }

  addBlank(): void {
    this.#valueGoesOn = false;
  }

  /** An HTML comment: part of the field that it is indented below, and of nothing otherwise. */
  addComment(indent: number, end: number): void {
    if (this.isInField(indent)) this.#extendField(end);
    else this.#closeField();
  }

  addFence(line: TextLine, end: number): void {
    if (this.isInField(line.indent)) this.#extendField(end);
    else this.#addProse(line.start, end);
  }

  /** A line that is none of the above. `line.row` is its 0-based number in the file. */
  addLine(line: TextLine, row: number): void {
    const written = this.#text.slice(line.start, line.end);
    if (this.isInField(line.indent)) this.#continueField(line, written);
    else if (!this.#openField(line, written, row)) this.#addProse(line.start, line.end);
  }

  finish(end: number): Feature {
    return readFeature({
      source: copyOf(this.#text.slice(this.start, end)),
      title: copyOf(this.#title),
      milestone: this.#milestone,
      fields: this.#fields,
      prose: this.#prose,
    });
  }

  #openField(line: TextLine, written: string, row: number): boolean {
    const start = readFieldStart(written);
    if (start === null) return false;
    const lineStart = line.start - this.start;
    const keyStart = lineStart + start.keyColumn;
    const from = lineStart + start.valueColumn;
    const value = withoutTrailingComment(written.slice(start.valueColumn));
    this.#field = {
      key: { start: keyStart, end: keyStart + start.keyLength },
      row: row + 1 - this.line,
      value: { start: from, end: from + value.length },
      whole: { start: lineStart, end: line.end - this.start },
    };
    this.#fields.push(this.#field);
    this.#valueGoesOn = true;
    return true;
  }

  #continueField(line: TextLine, written: string): void {
    const goesOn = this.#valueGoesOn && !startsBlock(written);
    this.#extendField(line.end);
    if (this.#field === null || !goesOn) return;
    this.#valueGoesOn = true;
    const { value } = this.#field;
    if (value.start === value.end) value.start = line.content - this.start;
    const end = line.start + withoutTrailingComment(written).length - this.start;
    value.end = Math.max(value.start, end);
  }

  #extendField(end: number): void {
    this.#valueGoesOn = false;
    if (this.#field !== null) this.#field.whole.end = end - this.start;
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
