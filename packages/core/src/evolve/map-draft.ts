import type { DraftMap, OrderedMap } from "../ordered-map.ts";

/**
 * A map while one input is applied: cloned before its first write. The entry that was last looked at is kept at hand
 * and written back when another one is asked for, since most of what happens is about one issue.
 */
export class MapDraft<K, V> implements OrderedMap<K, V> {
  #map: OrderedMap<K, V>;
  #owned: DraftMap<K, V> | null = null;
  #key: K | undefined = undefined;
  #value: V | undefined = undefined;
  #isDirty = false;

  constructor(base: OrderedMap<K, V>) {
    this.#map = base;
  }

  get size(): number {
    return this.#settled().size;
  }

  get(key: K): V | undefined {
    if (key === this.#key) return this.#value;
    const value = this.#settled().get(key);
    this.#key = key;
    this.#value = value;
    return value;
  }

  /** No value of these maps is `undefined`. */
  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  set(key: K, value: V): void {
    this.#put(key, value);
  }

  delete(key: K): void {
    this.#put(key, undefined);
  }

  minKey(): K | undefined {
    return this.#settled().minKey();
  }

  entries(lowestKey?: K): IterableIterator<[K, V]> {
    return this.#settled().entries(lowestKey);
  }

  keys(firstKey?: K): IterableIterator<K> {
    return this.#settled().keys(firstKey);
  }

  values(firstKey?: K): IterableIterator<V> {
    return this.#settled().values(firstKey);
  }

  clone(): DraftMap<K, V> {
    return this.#settled().clone();
  }

  /** The map as it is now; the draft must not be written to any more. */
  close(): OrderedMap<K, V> {
    return this.#settled();
  }

  #put(key: K, value: V | undefined): void {
    if (key !== this.#key) this.#settled();
    this.#key = key;
    this.#value = value;
    this.#isDirty = true;
  }

  #settled(): OrderedMap<K, V> {
    if (!this.#isDirty || this.#key === undefined) return this.#map;
    this.#isDirty = false;
    if (this.#owned === null) {
      this.#owned = this.#map.clone();
      this.#map = this.#owned;
    }
    if (this.#value === undefined) this.#owned.delete(this.#key);
    else this.#owned.set(this.#key, this.#value);
    return this.#map;
  }
}
