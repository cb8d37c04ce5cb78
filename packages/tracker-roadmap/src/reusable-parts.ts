import type { PlacedFeature } from "./feature.ts";
import type { Scan } from "./scan.ts";

/** What of an earlier scan holds for a newer text. */
export interface ReusableParts {
  readonly earlier: Scan;
  /** Features before the change. */
  readonly head: readonly PlacedFeature[];
  /** The last but one feature whose heading stands before the change: the scan goes on there. `null`: it starts anew. */
  readonly resumeAt: PlacedFeature | null;
  /** Where the part behind the change starts in the newer text. */
  readonly tailStart: number;
  /** By how much that part moved. */
  readonly shift: number;
  /** The earlier features from the one that stands at this offset of the newer text on; `null` if none does. */
  readonly tailAt: (start: number) => readonly PlacedFeature[] | null;
}

/**
 * The features before and behind the one stretch in which two texts differ. A feature's heading is a place where nothing
 * is open but the milestone, so a scan can stop and go on there. `null` where something in the earlier text is never closed, so
 * that its meaning reaches across: then everything has to be read.
 */
export function reusableParts(earlier: Scan, text: string): ReusableParts | null {
  const { features } = earlier;
  if (!earlier.isSound) return null;
  const prefix = commonPrefix(earlier.text, text);
  const resumeIndex = countUpTo(features, prefix) - 2;
  const shift = text.length - earlier.text.length;
  return {
    earlier,
    head: features.slice(0, Math.max(resumeIndex, 0)),
    resumeAt: features[resumeIndex] ?? null,
    tailStart: text.length - commonSuffix(earlier.text, text, prefix),
    shift,
    tailAt: (start) => {
      const index = countUpTo(features, start - shift) - 1;
      return features[index]?.start === start - shift ? features.slice(index) : null;
    },
  };
}

/** How many features start at `offset` or before it. */
function countUpTo(features: readonly PlacedFeature[], offset: number): number {
  let low = 0;
  let high = features.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((features[middle]?.start ?? Infinity) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Compares in large steps first: whole slices compare much faster than characters. */
const steps = [65_536, 4096, 256, 16, 1];

function commonPrefix(one: string, other: string): number {
  const limit = Math.min(one.length, other.length);
  let length = 0;
  for (const step of steps) {
    for (let next = length + step; next <= limit; next += step) {
      if (one.slice(length, next) !== other.slice(length, next)) break;
      length = next;
    }
  }
  return length;
}

/** At most what `prefix` leaves of the shorter text. */
function commonSuffix(one: string, other: string, prefix: number): number {
  const limit = Math.min(one.length, other.length) - prefix;
  let length = 0;
  for (const step of steps) {
    for (let next = length + step; next <= limit; next += step) {
      if (sliceFromEnd(one, length, next) !== sliceFromEnd(other, length, next)) break;
      length = next;
    }
  }
  return length;
}

function sliceFromEnd(text: string, from: number, to: number): string {
  return text.slice(text.length - to, text.length - from);
}
