import { OrderedTree } from "./ordered-tree.ts";
import type { Key } from "./tree-search.ts";

/** A persistent map in key order, as readers see it. */
export interface OrderedMap<K, V> {
  readonly size: number;
  get(key: K): V | undefined;
  has(key: K): boolean;
  minKey(): K | undefined;
  /** In key order. */
  entries(): IterableIterator<[K, V]>;
  keys(): IterableIterator<K>;
  values(): IterableIterator<V>;
  /** O(1): shares everything until one of the two is written to. */
  clone(): DraftMap<K, V>;
}

/** The same map for the one event that is being folded: a write copies the path to the root, and nothing else. */
export interface DraftMap<K, V> extends OrderedMap<K, V> {
  set(key: K, value: V): void;
  delete(key: K): void;
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a === b ? 0 : 1;
}

/** In the order of `compareText`. */
export function createTextMap<V>(entries?: Iterable<readonly [string, V]>): DraftMap<string, V> {
  const map = OrderedTree.emptyMap<string, V>(null);
  for (const [key, value] of entries ?? []) map.set(key, value);
  return map;
}

export function createOrderedSet<K extends Key>(
  isBefore: (a: K, b: K) => boolean,
): DraftMap<K, undefined> {
  return OrderedTree.emptySet(isBefore);
}
