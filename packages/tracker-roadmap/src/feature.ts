import type { Span } from "./span.ts";

/** A heading of level 3 and what stands below it, down to the next heading of level 1 to 3. Offsets and lines count from its heading. */
export interface Feature {
  /** A copy of its part of the file. */
  readonly source: string;
  /** Without the prefix `Feature:`. Never empty. */
  readonly title: string;
  readonly milestone: string | null;
  readonly fields: readonly Field[];
  /** Prose, lists and fences that belong to no field. */
  readonly prose: readonly Span[];
}

/** `- **Key:** value`, with the indented lines that go on with it. */
export interface Field {
  /** As it is written. */
  readonly key: string;
  /** 0 is the heading's line. */
  readonly row: number;
  /** The value's paragraph without white space around it and without a comment at its end; empty where there is none. */
  readonly value: Span;
  /** From the list mark to the end of everything that is indented below it. */
  readonly whole: Span;
}

/** Where a feature stands in its file. */
export interface PlacedFeature {
  readonly feature: Feature;
  readonly start: number;
  /** 1-based line of its heading. */
  readonly line: number;
}
