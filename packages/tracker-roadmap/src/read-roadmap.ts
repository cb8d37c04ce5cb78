import type { Issue, IssueBlocker, TrackerProblem } from "@signalbox/contracts";
import type { Meant } from "./blocker-text.ts";
import { FeatureNames } from "./feature-names.ts";
import type { Feature, PlacedFeature } from "./feature.ts";
import { findProblems } from "./find-problems.ts";
import { scanRoadmap } from "./scan.ts";
import type { Scan } from "./scan.ts";
import { saysTheSame, toIssue } from "./to-issue.ts";
import type { IssueFacts } from "./to-issue.ts";

/** What a roadmap's text says. Positions are those of its features. */
export interface Roadmap {
  readonly text: string;
  /** The file as messages call it. */
  readonly file: string;
  readonly scan: Scan;
  readonly names: FeatureNames;
  /** `null` where the status is unusable. */
  readonly issues: readonly (Issue | null)[];
  /** What is said of each feature where it blocks another. */
  readonly blockers: readonly IssueBlocker[];
  readonly problems: readonly TrackerProblem[];
}

/**
 * Reads a roadmap. With what was read of an earlier text, the cost follows from what changed, and every issue that is the
 * same is the same object.
 */
export function readRoadmap(text: string, file: string, earlier: Roadmap | null = null): Roadmap {
  const scan = scanRoadmap(text, earlier?.scan);
  const names = FeatureNames.of(scan.features, earlier?.names ?? null);
  const isComparable = earlier?.names === names && earlier.scan.created === scan.created;
  const comparable = isComparable ? earlier : null;
  const blockers = scan.features.map(({ feature }, index) =>
    comparable?.scan.features[index]?.feature === feature
      ? (comparable.blockers[index] ?? toBlocker(feature, names, index))
      : toBlocker(feature, names, index),
  );
  const createdAt = readDay(scan.created);
  const issues = scan.features.map((place, index) => {
    const facts: IssueFacts = {
      place,
      file,
      id: names.ids[index] ?? "",
      identifier: names.identifiers[index] ?? "",
      createdAt: createdAt + index * 1000,
      blockedBy: blockersOf(names.blockersOf(place.feature), blockers, index),
    };
    const known = comparable?.issues[index];
    const isSame = known && comparable?.scan.features[index]?.feature === place.feature;
    return isSame && saysTheSame(known, facts) ? known : toIssue(facts);
  });
  return {
    text,
    file,
    scan,
    names,
    issues,
    blockers,
    problems: findProblems(scan, names, issues, file),
  };
}

const none: readonly IssueBlocker[] = [];

/** What the words mean, the feature itself (at `index`) left out. */
function blockersOf(
  meant: readonly Meant[],
  blockers: readonly IssueBlocker[],
  index: number,
): readonly IssueBlocker[] {
  if (meant.length === 0) return none;
  return meant
    .filter((one) => one !== index)
    .flatMap((one) => (typeof one === "object" ? one : (blockers[one] ?? [])));
}

function toBlocker(feature: Feature, names: FeatureNames, index: number): IssueBlocker {
  const { status } = feature;
  return {
    id: names.ids[index] ?? "",
    identifier: names.identifiers[index] ?? "",
    state: status?.state ?? null,
    stateKind: status?.kind ?? null,
  };
}

/** Epoch milliseconds of the day that the text starts with; 0 where it starts with none. */
function readDay(text: string | null): number {
  const day = /^\d{4}-\d{2}-\d{2}(?!\d)/.exec(text ?? "")?.[0];
  const instant = day === undefined ? 0 : Date.parse(day);
  return Number.isNaN(instant) ? 0 : instant;
}

export function issueOf(roadmap: Roadmap, id: string): Issue | null {
  return roadmap.issues[roadmap.names.indexById.get(id) ?? -1] ?? null;
}

export function placeOf(roadmap: Roadmap, id: string): PlacedFeature | null {
  return roadmap.scan.features[roadmap.names.indexById.get(id) ?? -1] ?? null;
}
