import type { SignalboxError } from "@signalbox/contracts";
import type { FeatureList } from "./feature-list.ts";
import type { Shard, ShardIndex } from "./shard.ts";

/**
 * The features of all shards as one roadmap: milestones in the order of the index, others behind them as their first file
 * comes; within one, by `order`, then by slug. A state is no part of that order, so that moving one issue moves no other.
 *
 * @param shards by file name.
 * @param unreadable files that could not be read.
 */
export function assembleShards(
  name: string,
  index: ShardIndex | null,
  shards: readonly Shard[],
  unreadable: readonly SignalboxError[],
): FeatureList {
  const ranks = new Map<string | null, number>();
  for (const milestone of index?.milestones ?? []) rank(ranks, milestone);
  for (const { milestone } of shards) if (milestone !== null) rank(ranks, milestone);
  const rankOf = ({ milestone }: Shard): number => ranks.get(milestone) ?? ranks.size;
  const ordered = shards.toSorted(
    (one, other) =>
      rankOf(one) - rankOf(other) ||
      byNumber(one.order, other.order) ||
      byText(one.slug, other.slug),
  );
  return {
    name,
    features: ordered.flatMap(({ features }) => features),
    created: index?.created ?? null,
    sourceProblems: [
      ...(index?.problems ?? []),
      ...ordered.flatMap(({ problems }) => problems),
      ...unreadable.map(({ message, remedy }) => ({
        file: name,
        line: 1,
        message,
        remedy: remedy ?? "Correct the file.",
      })),
    ],
  };
}

function rank(ranks: Map<string | null, number>, milestone: string): void {
  if (!ranks.has(milestone)) ranks.set(milestone, ranks.size);
}

/** Two that are infinite are equal: their difference is no number. */
function byNumber(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

/** By code unit: a locale would sort differently elsewhere. */
function byText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
