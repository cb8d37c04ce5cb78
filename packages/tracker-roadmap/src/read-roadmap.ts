import type { Issue, IssueBlocker, TrackerProblem } from "@signalbox/contracts";
import type { Meant } from "./blocker-text.ts";
import { FeatureNames } from "./feature-names.ts";
import type { Feature, PlacedFeature } from "./feature.ts";
import type { FeatureList } from "./feature-list.ts";
import { findProblems } from "./find-problems.ts";
import { placeClock, readDay } from "./place-clock.ts";
import { scanRoadmap } from "./scan.ts";
import type { Scan } from "./scan.ts";
import { saysTheSame, toIssue } from "./to-issue.ts";
import type { IssueFacts } from "./to-issue.ts";

/** What a roadmap says. Positions are those of its features. */
export interface Roadmap extends FeatureList {
  readonly names: FeatureNames;
  /** `null` where the status is unusable. */
  readonly issues: readonly (Issue | null)[];
  /** What is said of a feature where it blocks another, by position. */
  readonly blockers: ReadonlyMap<number, IssueBlocker>;
  /** What a person should mend. */
  readonly problems: readonly TrackerProblem[];
}

/** A roadmap that is one text. */
export interface RoadmapText extends Roadmap {
  readonly text: string;
  readonly scan: Scan;
}

/**
 * Reads a roadmap. With what was read of an earlier text, the cost follows from what changed, and every issue that is the
 * same is the same object.
 *
 * @param name the file as messages call it.
 */
export function readRoadmap(
  text: string,
  name: string,
  earlier: RoadmapText | null = null,
): RoadmapText {
  const scan = scanRoadmap(text, name, earlier?.scan);
  const { features } = scan;
  const sourceProblems = scan.problems.map((problem) => ({ ...problem, file: name }));
  const list = { name, features, created: scan.front.created, sourceProblems };
  return { ...readFeatures(list, earlier), text, scan };
}

/** Makes issues of features; those that stay the same are taken over from `earlier`. */
export function readFeatures(list: FeatureList, earlier: Roadmap | null): Roadmap {
  const { features } = list;
  const names = FeatureNames.of(features, earlier?.names ?? null);
  const isComparable = earlier?.names === names && earlier.created === list.created;
  const comparable = isComparable ? earlier : null;
  const blockers = new BlockerList(features, names, comparable);
  const instantOf = placeClock(readDay(list.created));
  const issues = features.map((place, index) => {
    const { feature } = place;
    const facts: IssueFacts = {
      place,
      id: names.ids[index] ?? "",
      identifier: names.identifiers[index] ?? "",
      createdAt: instantOf(index),
      blockedBy: blockers.of(names.blockersOf(index, feature)),
    };
    const known = comparable?.features[index]?.feature === feature && comparable.issues[index];
    return known && saysTheSame(known, facts) ? known : toIssue(facts);
  });
  const problems = findProblems(list, names, issues);
  return { ...list, names, issues, blockers: blockers.made, problems };
}

const none: readonly never[] = [];

/** Blockers as issues show them, each made once. */
class BlockerList {
  readonly made = new Map<number, IssueBlocker>();
  readonly #features: readonly PlacedFeature[];
  readonly #names: FeatureNames;
  readonly #earlier: Roadmap | null;

  constructor(features: readonly PlacedFeature[], names: FeatureNames, earlier: Roadmap | null) {
    this.#features = features;
    this.#names = names;
    this.#earlier = earlier;
  }

  of(meant: readonly Meant[]): readonly IssueBlocker[] {
    if (meant.length === 0) return none;
    return meant.flatMap((one) => (typeof one === "object" ? one : (this.#at(one) ?? none)));
  }

  #at(index: number): IssueBlocker | null {
    const feature = this.#features[index]?.feature;
    if (feature === undefined) return null;
    const known = this.made.get(index);
    if (known !== undefined) return known;
    const isSame = this.#earlier?.features[index]?.feature === feature;
    const blocker = (isSame && this.#earlier?.blockers.get(index)) || this.#make(index, feature);
    this.made.set(index, blocker);
    return blocker;
  }

  #make(index: number, { status }: Feature): IssueBlocker {
    return {
      id: this.#names.ids[index] ?? "",
      identifier: this.#names.identifiers[index] ?? "",
      state: status?.state ?? null,
      stateKind: status?.kind ?? null,
    };
  }
}

export function issueOf(roadmap: Roadmap, id: string): Issue | null {
  return roadmap.issues[roadmap.names.indexById.get(id) ?? -1] ?? null;
}

export function placeOf(roadmap: Roadmap, id: string): PlacedFeature | null {
  return roadmap.features[roadmap.names.indexById.get(id) ?? -1] ?? null;
}
