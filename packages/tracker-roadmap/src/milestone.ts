import { slug } from "./feature-id.ts";
import { copyOf } from "./span.ts";

/** What the features below one heading of level 2 share. */
export interface Milestone {
  readonly name: string | null;
  /** Its slug; none where it has no name. */
  readonly labels: readonly string[];
}

export const noMilestone: Milestone = { name: null, labels: [] };

/** @param name may be a part of a large text, of which nothing is kept. */
export function milestoneOf(name: string): Milestone {
  if (name === "") return noMilestone;
  const label = slug(name);
  return { name: copyOf(name), labels: label === "" ? [] : [label] };
}
