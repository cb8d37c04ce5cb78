import sortedBtree from "sorted-btree";

/** A persistent map in key order, as readers see it. */
export interface OrderedMap<K, V> {
  readonly size: number;
  get(key: K): V | undefined;
  has(key: K): boolean;
  minKey(): K | undefined;
  /** In key order, from `lowestKey` where given. */
  entries(lowestKey?: K): IterableIterator<[K, V]>;
  keys(firstKey?: K): IterableIterator<K>;
  values(firstKey?: K): IterableIterator<V>;
  /** O(1): shares everything until one of the two is written to. */
  clone(): DraftMap<K, V>;
}

/** The same map for the one event that is being folded: a write copies the path to the root once. */
export type DraftMap<K, V> = sortedBtree.default<K, V>;

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a === b ? 0 : 1;
}

export function createOrderedMap<K, V>(
  compare: (a: K, b: K) => number,
  entries?: Iterable<readonly [K, V]>,
): DraftMap<K, V> {
  const map = new sortedBtree.default<K, V>(undefined, compare);
  for (const [key, value] of entries ?? []) map.set(key, value);
  return map;
}
