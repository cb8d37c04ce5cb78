import { BlockerResolver } from "./blocker-text.ts";
import type { Meant } from "./blocker-text.ts";
import { uniqueNames } from "./feature-id.ts";
import type { Feature, PlacedFeature } from "./feature.ts";

interface Resolved {
  readonly feature: Feature;
  readonly meant: readonly Meant[];
}

const none: readonly never[] = [];

/** What the features of a file are called, by position, and which of them others mean. Holds for as long as no name changes. */
export class FeatureNames {
  readonly ids: readonly string[];
  readonly identifiers: readonly string[];
  readonly indexById: ReadonlyMap<string, number>;
  readonly #features: readonly PlacedFeature[];
  #resolver: BlockerResolver | null = null;
  /** By position, with the feature that it was resolved for. */
  readonly #resolved = new Map<number, Resolved>();

  /** Those of the earlier version of the file where they are the same. */
  static of(features: readonly PlacedFeature[], earlier: FeatureNames | null): FeatureNames {
    return earlier !== null && earlier.#holdsFor(features) ? earlier : new FeatureNames(features);
  }

  private constructor(features: readonly PlacedFeature[]) {
    this.#features = features;
    const ids = features.map(({ feature }) => feature.id);
    const indexById = indexOf(ids);
    const isUnique = indexById.size === ids.length;
    this.ids = isUnique ? ids : uniqueNames(ids);
    this.indexById = isUnique ? indexById : indexOf(this.ids);
    this.identifiers = uniqueNames(features.map(({ feature }) => feature.titleSlug));
  }

  /** What blocks the feature at that position, the feature itself left out. */
  blockersOf(index: number, feature: Feature): readonly Meant[] {
    if (feature.blockers === "") return none;
    const known = this.#resolved.get(index);
    if (known?.feature === feature) return known.meant;
    this.#resolver ??= new BlockerResolver(
      this.#features.map((place) => place.feature.title),
      (at) => this.#namesOf(at),
    );
    const meant = this.#resolver.resolve(feature.blockers).filter((one) => one !== index);
    this.#resolved.set(index, { feature, meant });
    return meant;
  }

  /** All but the title. */
  #namesOf(position: number): readonly string[] {
    const place = this.#features[position];
    const identifier = this.identifiers[position] ?? "";
    if (place === undefined) return [identifier];
    const { slug, externalId } = place.feature;
    return [slug, identifier, externalId ?? "", place.alias ?? ""];
  }

  #holdsFor(features: readonly PlacedFeature[]): boolean {
    return (
      features.length === this.#features.length &&
      features.every((place, index) => {
        const mine = this.#features[index];
        return mine !== undefined && hasSameNames(mine, place);
      })
    );
  }
}

function indexOf(names: readonly string[]): ReadonlyMap<string, number> {
  const index = new Map<string, number>();
  for (let at = 0; at < names.length; at += 1) index.set(names[at] ?? "", at);
  return index;
}

function hasSameNames(one: PlacedFeature, other: PlacedFeature): boolean {
  if (one.alias !== other.alias) return false;
  if (one.feature === other.feature) return true;
  const { title, externalId } = other.feature;
  return one.feature.title === title && one.feature.externalId === externalId;
}
