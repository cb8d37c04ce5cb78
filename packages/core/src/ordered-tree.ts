import type { DraftMap } from "./ordered-map.ts";
import {
  type Leaf,
  type Node,
  halve,
  leavesOf,
  lengthOf,
  maxLength,
  minLength,
  rootOf,
  withShortChild,
} from "./tree-node.ts";
import { type IsBefore, type Key, childIndex, entryIndex, isAt } from "./tree-search.ts";

/**
 * A B+ tree whose nodes never change: a write makes the nodes on the way from the root to its entry anew and shares all
 * others. A value that is replaced leaves even the lists of keys as they are.
 */
export class OrderedTree<K extends Key, V> implements DraftMap<K, V> {
  readonly #isBefore: IsBefore<K>;
  #root: Node<K, V>;
  #size: number;

  private constructor(isBefore: IsBefore<K>, root: Node<K, V>, size: number) {
    this.#isBefore = isBefore;
    this.#root = root;
    this.#size = size;
  }

  static emptyMap<K extends Key, V>(isBefore: IsBefore<K>): OrderedTree<K, V> {
    return new OrderedTree<K, V>(isBefore, { keys: [], values: [], children: null }, 0);
  }

  static emptySet<K extends Key>(isBefore: IsBefore<K>): OrderedTree<K, undefined> {
    return new OrderedTree<K, undefined>(isBefore, { keys: [], values: null, children: null }, 0);
  }

  get size(): number {
    return this.#size;
  }

  get(key: K): V | undefined {
    const leaf = leafOf(this.#root, key, this.#isBefore);
    const index = entryIndex(leaf.keys, key, this.#isBefore);
    return isAt(leaf.keys, index, key, this.#isBefore) ? leaf.values?.[index] : undefined;
  }

  has(key: K): boolean {
    const { keys } = leafOf(this.#root, key, this.#isBefore);
    return isAt(keys, entryIndex(keys, key, this.#isBefore), key, this.#isBefore);
  }

  minKey(): K | undefined {
    let node: Node<K, V> | undefined = this.#root;
    while (node !== undefined && node.children !== null) [node] = node.children;
    return node?.keys[0];
  }

  *entries(): IterableIterator<[K, V]> {
    for (const { keys, values } of leavesOf(this.#root)) {
      for (let index = 0; index < keys.length; index += 1) {
        const key = keys[index];
        const value = values?.[index];
        if (key !== undefined && value !== undefined) yield [key, value];
      }
    }
  }

  *keys(): IterableIterator<K> {
    for (const { keys } of leavesOf(this.#root)) yield* keys;
  }

  *values(): IterableIterator<V> {
    for (const { values } of leavesOf(this.#root)) if (values !== null) yield* values;
  }

  clone(): OrderedTree<K, V> {
    return new OrderedTree(this.#isBefore, this.#root, this.#size);
  }

  set(key: K, value: V): void {
    const root = this.#put(this.#root, key, value);
    this.#root = lengthOf(root) > maxLength ? rootOf(halve(root, true)) : root;
  }

  delete(key: K): void {
    const root = this.#take(this.#root, key);
    if (root === this.#root) return;
    this.#size -= 1;
    const [only, other] = root.children ?? [];
    this.#root = only !== undefined && other === undefined ? only : root;
  }

  /** The node with the entry in it; it may be longer by one than a node can be. */
  #put(node: Node<K, V>, key: K, value: V): Node<K, V> {
    if (node.children === null) return this.#putInLeaf(node, key, value);
    const index = childIndex(node.keys, key, this.#isBefore);
    const before = node.children[index];
    if (before === undefined) return node;
    const child = this.#put(before, key, value);
    if (lengthOf(child) <= maxLength)
      return { keys: node.keys, values: null, children: node.children.with(index, child) };
    const { left, border, right } = halve(child, index === node.children.length - 1);
    return {
      keys: node.keys.toSpliced(index, 0, border),
      values: null,
      children: node.children.toSpliced(index, 1, left, right),
    };
  }

  #putInLeaf({ keys, values }: Leaf<K, V>, key: K, value: V): Leaf<K, V> {
    const index = entryIndex(keys, key, this.#isBefore);
    if (isAt(keys, index, key, this.#isBefore))
      return { keys, values: values === null ? null : values.with(index, value), children: null };
    this.#size += 1;
    return {
      keys: keys.toSpliced(index, 0, key),
      values: values === null ? null : values.toSpliced(index, 0, value),
      children: null,
    };
  }

  /** The node without the entry; the very same where it is not there. */
  #take(node: Node<K, V>, key: K): Node<K, V> {
    if (node.children === null) {
      const index = entryIndex(node.keys, key, this.#isBefore);
      if (!isAt(node.keys, index, key, this.#isBefore)) return node;
      const values = node.values === null ? null : node.values.toSpliced(index, 1);
      return { keys: node.keys.toSpliced(index, 1), values, children: null };
    }
    const index = childIndex(node.keys, key, this.#isBefore);
    const before = node.children[index];
    if (before === undefined) return node;
    const child = this.#take(before, key);
    if (child === before) return node;
    return lengthOf(child) < minLength
      ? withShortChild(node, index, child)
      : { keys: node.keys, values: null, children: node.children.with(index, child) };
  }
}

function leafOf<K extends Key, V>(root: Node<K, V>, key: K, isBefore: IsBefore<K>): Leaf<K, V> {
  let node = root;
  while (node.children !== null) {
    const child: Node<K, V> | undefined = node.children[childIndex(node.keys, key, isBefore)];
    if (child === undefined) throw new RangeError("A branch has one child more than keys.");
    node = child;
  }
  return node;
}
