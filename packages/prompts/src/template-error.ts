import type { PromptErrorCode, PromptSource } from "@signalbox/contracts";
import { SignalboxError } from "@signalbox/contracts";

/** A 1-based place in a template. */
export interface TemplatePlace {
  readonly row: number;
  readonly column: number;
}

/** A `SignalboxError` that knows its place in the file that holds the template. */
export class TemplateError extends SignalboxError<PromptErrorCode> {
  /** What is wrong, without the place that `message` begins with. */
  readonly finding: string;
  readonly path: string;
  /** 1-based; `null` where it is about the template as a whole. */
  readonly line: number | null;
  readonly column: number | null;

  constructor(
    code: PromptErrorCode,
    source: PromptSource,
    place: TemplatePlace | null,
    text: { readonly finding: string; readonly remedy: string; readonly cause?: unknown },
  ) {
    const line = place === null ? null : source.line + place.row - 1;
    const column = place === null ? null : place.column + (source.indent ?? 0);
    const prefix = [source.path, line, column].filter((part) => part !== null).join(":");
    super(code, `${prefix}: ${text.finding}`, { remedy: text.remedy, cause: text.cause });
    this.finding = text.finding;
    this.path = source.path;
    this.line = line;
    this.column = column;
  }
}
