import { BlockerResolver } from "./blocker-text.ts";
import type { Meant } from "./blocker-text.ts";
import { uniqueNames } from "./feature-id.ts";
import type { Feature, PlacedFeature } from "./feature.ts";

/** What the features of a file are called, by position, and which of them others mean. Holds for as long as no name changes. */
export class FeatureNames {
  readonly ids: readonly string[];
  readonly identifiers: readonly string[];
  readonly indexById: ReadonlyMap<string, number>;
  readonly #features: readonly PlacedFeature[];
  readonly #resolver: BlockerResolver;
  readonly #resolved = new WeakMap<Feature, readonly Meant[]>();

  /** Those of the earlier version of the file where they are the same. */
  static of(features: readonly PlacedFeature[], earlier: FeatureNames | null): FeatureNames {
    return earlier !== null && earlier.#holdsFor(features) ? earlier : new FeatureNames(features);
  }

  private constructor(features: readonly PlacedFeature[]) {
    this.#features = features;
    this.ids = uniqueNames(features.map(({ feature }) => feature.externalId ?? feature.titleId));
    this.identifiers = uniqueNames(features.map(({ feature }) => feature.titleSlug));
    this.indexById = new Map(this.ids.map((id, index) => [id, index]));
    this.#resolver = new BlockerResolver(
      features.map(({ feature }, index) => ({
        title: feature.title,
        names: [feature.slug, this.identifiers[index] ?? "", feature.externalId ?? ""],
      })),
    );
  }

  /** What blocks this feature, the feature itself included where it names itself. */
  blockersOf(feature: Feature): readonly Meant[] {
    const known = this.#resolved.get(feature);
    if (known !== undefined) return known;
    const resolved = this.#resolver.resolve(feature.blockers);
    this.#resolved.set(feature, resolved);
    return resolved;
  }

  #holdsFor(features: readonly PlacedFeature[]): boolean {
    return (
      features.length === this.#features.length &&
      features.every(({ feature }, index) => {
        const mine = this.#features[index]?.feature;
        return mine !== undefined && hasSameNames(mine, feature);
      })
    );
  }
}

function hasSameNames(one: Feature, other: Feature): boolean {
  if (one === other) return true;
  return one.title === other.title && one.externalId === other.externalId;
}
