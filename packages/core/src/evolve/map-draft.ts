import type { DraftMap, OrderedMap } from "../ordered-map.ts";

/**
 * A map while one input is applied: cloned before its first write. The entry that was last looked at is kept at hand
 * and written back, if it is another by then, when the next one is asked for: most of an input is about one issue.
 */
export class MapDraft<K, V> implements OrderedMap<K, V> {
  #map: OrderedMap<K, V>;
  #owned: DraftMap<K, V> | null = null;
  #key: K | undefined = undefined;
  #value: V | undefined = undefined;
  /** What the map has under the key. */
  #stored: V | undefined = undefined;

  constructor(base: OrderedMap<K, V>) {
    this.#map = base;
  }

  get size(): number {
    return this.#settled().size;
  }

  get(key: K): V | undefined {
    if (key === this.#key) return this.#value;
    this.#stored = this.#settled().get(key);
    this.#key = key;
    this.#value = this.#stored;
    return this.#value;
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

  entries(): IterableIterator<[K, V]> {
    return this.#settled().entries();
  }

  keys(): IterableIterator<K> {
    return this.#settled().keys();
  }

  values(): IterableIterator<V> {
    return this.#settled().values();
  }

  clone(): DraftMap<K, V> {
    return this.#settled().clone();
  }

  /** The map as it is now; the draft must not be written to any more. */
  close(): OrderedMap<K, V> {
    return this.#settled();
  }

  #put(key: K, value: V | undefined): void {
    this.get(key);
    this.#value = value;
  }

  #settled(): OrderedMap<K, V> {
    if (this.#key === undefined || this.#value === this.#stored) return this.#map;
    this.#stored = this.#value;
    if (this.#owned === null) {
      this.#owned = this.#map.clone();
      this.#map = this.#owned;
    }
    if (this.#value === undefined) this.#owned.delete(this.#key);
    else this.#owned.set(this.#key, this.#value);
    return this.#map;
  }
}
