import type { DraftMap, OrderedMap } from "../ordered-map.ts";

/**
 * A map while one input is applied: cloned before its first write, and remembering the entry that was last looked at,
 * since most of what happens is about one issue.
 */
export class MapDraft<K, V> implements OrderedMap<K, V> {
  #map: OrderedMap<K, V>;
  #owned: DraftMap<K, V> | null = null;
  #lastKey: K | undefined = undefined;
  #lastValue: V | undefined = undefined;

  constructor(base: OrderedMap<K, V>) {
    this.#map = base;
  }

  get size(): number {
    return this.#map.size;
  }

  get(key: K): V | undefined {
    if (key === this.#lastKey) return this.#lastValue;
    const value = this.#map.get(key);
    this.#lastKey = key;
    this.#lastValue = value;
    return value;
  }

  /** No value of these maps is `undefined`. */
  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  set(key: K, value: V): void {
    this.#write().set(key, value);
    this.#lastKey = key;
    this.#lastValue = value;
  }

  delete(key: K): void {
    this.#write().delete(key);
    this.#lastKey = key;
    this.#lastValue = undefined;
  }

  minKey(): K | undefined {
    return this.#map.minKey();
  }

  entries(lowestKey?: K): IterableIterator<[K, V]> {
    return this.#map.entries(lowestKey);
  }

  keys(firstKey?: K): IterableIterator<K> {
    return this.#map.keys(firstKey);
  }

  values(firstKey?: K): IterableIterator<V> {
    return this.#map.values(firstKey);
  }

  clone(): DraftMap<K, V> {
    return this.#map.clone();
  }

  /** The map as it is now; the draft must not be written to any more. */
  close(): OrderedMap<K, V> {
    return this.#map;
  }

  #write(): DraftMap<K, V> {
    if (this.#owned === null) {
      this.#owned = this.#map.clone();
      this.#map = this.#owned;
    }
    return this.#owned;
  }
}
