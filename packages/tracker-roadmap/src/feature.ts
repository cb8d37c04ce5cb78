import type { Milestone } from "./milestone.ts";
import type { Span } from "./span.ts";
import type { Status } from "./status.ts";

/**
 * A heading of level 3 and what stands below it, down to the next heading of level 1 to 3: what it says by itself, wherever
 * it stands. Offsets and rows count from its heading.
 */
export interface Feature {
  /** A copy of its part of the file. */
  readonly source: string;
  /** Without the prefix `Feature:`. Never empty. */
  readonly title: string;
  readonly milestone: Milestone;
  /** Its External-ID, or what follows from the title. */
  readonly id: string;
  readonly externalId: string | null;
  /** Of the whole title; empty where it has no letter and no digit. */
  readonly slug: string;
  readonly titleSlug: string;
  /** `null`: the file does not say it in a usable way. */
  readonly status: Status | null;
  /** `null`: there is no such field. */
  readonly statusField: StatusField | null;
  readonly description: string | null;
  readonly priority: number | null;
  readonly labels: readonly string[];
  readonly blockers: string;
  /** 0 where there is no such field. */
  readonly blockersRow: number;
  readonly assignee: string | null;
  readonly updatedAt: string | null;
  readonly notDispatchable: string | null;
  /** Fields whose meaning an earlier one has. */
  readonly repeated: readonly RepeatedField[];
}

/** Its span is that of the value. */
interface StatusField extends Span {
  readonly row: number;
}

export interface RepeatedField {
  readonly row: number;
  readonly key: string;
}

/** Where a feature stands. */
export interface PlacedFeature {
  readonly feature: Feature;
  /** Its file, as messages call it. */
  readonly file: string;
  /** Another name that others may call it by: a shard's own. */
  readonly alias?: string;
  readonly start: number;
  /** 1-based line of its heading. */
  readonly line: number;
}
