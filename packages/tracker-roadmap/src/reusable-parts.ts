import type { Feature, PlacedFeature } from "./feature.ts";
import type { Scan } from "./scan.ts";

/** What of an earlier scan holds for a newer text. */
export interface ReusableParts {
  readonly earlier: Scan;
  /** The features before the one where the scan goes on; the list is the caller's own. */
  readonly head: () => PlacedFeature[];
  /** The last but one feature whose heading stands before the change: the scan goes on there. `null`: it starts anew. */
  readonly resumeAt: PlacedFeature | null;
  /** The earlier feature with that text, if it stood where the texts differ. */
  readonly known: (source: string) => Feature | undefined;
  /** Where the part behind the change starts in the newer text. */
  readonly tailStart: number;
  /** By how much that part moved. */
  readonly shift: number;
  /** The position of the earlier feature that stands at this offset of the newer text; -1 if none does. */
  readonly tailIndex: (start: number) => number;
}

/**
 * The features before and behind the stretch in which two texts differ, and those in it, by their text. A feature's heading
 * is a place where nothing is open but the milestone, so a scan can stop and go on there. `null` where something in the earlier
 * text is never closed, so that its meaning reaches across: then everything has to be read.
 */
export function reusableParts(earlier: Scan, text: string): ReusableParts | null {
  const { features } = earlier;
  if (!earlier.isSound) return null;
  const prefix = commonPrefix(earlier.text, text);
  const resumeIndex = Math.max(countUpTo(features, prefix) - 2, -1);
  const shift = text.length - earlier.text.length;
  const tailStart = text.length - commonSuffix(earlier.text, text, prefix);
  let known: Map<string, Feature> | null = null;
  return {
    earlier,
    head: () => features.slice(0, resumeIndex),
    resumeAt: features[resumeIndex] ?? null,
    known: (source) => {
      known ??= bySource(
        features,
        Math.max(resumeIndex, 0),
        countUpTo(features, tailStart - shift),
      );
      return known.get(source);
    },
    tailStart,
    shift,
    tailIndex: (start) => {
      const index = countUpTo(features, start - shift) - 1;
      return features[index]?.start === start - shift ? index : -1;
    },
  };
}

function bySource(
  features: readonly PlacedFeature[],
  from: number,
  to: number,
): Map<string, Feature> {
  const known = new Map<string, Feature>();
  for (let at = from; at < to; at += 1) {
    const feature = features[at]?.feature;
    if (feature) known.set(feature.source, feature);
  }
  return known;
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
