import type { LineCursor } from "./line-cursor.ts";
import { endOfValue, readFieldStart, startsBlock } from "./markdown-line.ts";
import { noMilestone } from "./milestone.ts";
import type { Milestone } from "./milestone.ts";
import type { Field, FeatureParts } from "./read-feature.ts";
import type { Span } from "./span.ts";

/** Of a feature that has none: never written to. */
const noProse: Open<Span>[] = [];

type Open<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/**
 * Collects the lines of one feature after another, in order. It and its fields are used again for each, since thousands of
 * short-lived objects are what reading a large file would spend its time on.
 */
export class FeatureBuilder {
  title = "";
  start = 0;
  /** 1-based line of its heading. */
  line = 0;
  readonly #text: string;
  #milestone: Milestone = noMilestone;
  readonly #fields: Open<Field>[] = [];
  #fieldCount = 0;
  #prose: Open<Span>[] = noProse;
  #field: Open<Field> | null = null;
  #valueGoesOn = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** Starts with the heading that `line` is at. */
  begin(title: string, line: LineCursor, milestone: Milestone): void {
    this.title = title;
    this.start = line.start;
    this.line = line.row + 1;
    this.#milestone = milestone;
    this.#fieldCount = 0;
    this.#prose = noProse;
    this.#closeField();
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

  /**
   * Holds until the next feature begins.
   *
   * @param source what stands from its heading on, a text of its own.
   */
  parts(source: string): FeatureParts {
    return {
      source,
      title: this.title,
      milestone: this.#milestone,
      fields: this.#fields,
      fieldCount: this.#fieldCount,
      prose: this.#prose,
    };
  }

  #openField({ start: lineStart, end, row }: LineCursor): boolean {
    const field = this.#fields[this.#fieldCount] ?? emptyField();
    if (!readFieldStart(this.#text, lineStart, end, field)) return false;
    const { start } = this;
    field.end = endOfValue(this.#text, field.start, end) - start;
    field.start -= start;
    field.keyStart -= start;
    field.keyEnd -= start;
    field.row = row + 1 - this.line;
    field.wholeStart = lineStart - start;
    field.wholeEnd = end - start;
    this.#fields[this.#fieldCount] = field;
    this.#fieldCount += 1;
    this.#field = field;
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
    else this.#startProse(from, end - this.start);
  }

  #startProse(start: number, end: number): void {
    if (this.#prose === noProse) this.#prose = [];
    this.#prose.push({ start, end });
  }
}

function emptyField(): Open<Field> {
  return { keyStart: 0, keyEnd: 0, row: 0, start: 0, end: 0, wholeStart: 0, wholeEnd: 0 };
}
