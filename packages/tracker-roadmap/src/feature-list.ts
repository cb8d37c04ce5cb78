import type { PlacedFeature } from "./feature.ts";
import type { FileProblem } from "./source-problem.ts";

/** The features of a roadmap, in its order, wherever they stand. */
export interface FeatureList {
  /** What messages call the whole. */
  readonly name: string;
  readonly features: readonly PlacedFeature[];
  /** The day that the roadmap says it is from, as it is written. */
  readonly created: string | null;
  readonly sourceProblems: readonly FileProblem[];
}
