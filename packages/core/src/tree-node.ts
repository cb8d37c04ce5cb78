/** Entries of a leaf, children of a branch. */
export const maxLength = 32;
/** A node that gets shorter is joined to its neighbour where both fit into one. */
export const minLength = 8;

export interface Leaf<K, V> {
  readonly keys: readonly K[];
  /** `null` in a set. */
  readonly values: readonly V[] | null;
  readonly children: null;
}

export interface Branch<K, V> {
  /** The n-th is above every key of child n, and above none of child n + 1. */
  readonly keys: readonly K[];
  readonly values: null;
  readonly children: readonly Node<K, V>[];
}

export type Node<K, V> = Leaf<K, V> | Branch<K, V>;

interface Halves<K, V> {
  readonly left: Node<K, V>;
  /** Above every key of `left`, and above none of `right`. */
  readonly border: K;
  readonly right: Node<K, V>;
}

export function rootOf<K, V>({ left, border, right }: Halves<K, V>): Branch<K, V> {
  return { keys: [border], values: null, children: [left, right] };
}

/** Keys often come in order: the last node leaves all but its last to a full one. */
export function halve<K, V>({ keys, values, children }: Node<K, V>, isLast: boolean): Halves<K, V> {
  const at = isLast ? maxLength : maxLength / 2;
  const border = keys[children === null ? at : at - 1];
  if (border === undefined) throw new RangeError("A node that is not too long has no halves.");
  if (children !== null) {
    return {
      left: { keys: keys.slice(0, at - 1), values: null, children: children.slice(0, at) },
      border,
      right: { keys: keys.slice(at), values: null, children: children.slice(at) },
    };
  }
  return {
    left: { keys: keys.slice(0, at), values: values?.slice(0, at) ?? null, children },
    border,
    right: { keys: keys.slice(at), values: values?.slice(at) ?? null, children },
  };
}

/** The branch with `child` at `index`: left out where nothing is in it, joined to a neighbour where both fit into one. */
export function withShortChild<K, V>(
  { keys, children }: Branch<K, V>,
  index: number,
  child: Node<K, V>,
): Branch<K, V> {
  const first = Math.max(0, index - 1);
  if (lengthOf(child) === 0) {
    const rest = children.toSpliced(index, 1);
    return { keys: keys.toSpliced(first, 1), values: null, children: rest };
  }
  const changed = children.with(index, child);
  const left = changed[first];
  const right = changed[first + 1];
  const border = keys[first];
  const joined =
    left === undefined || right === undefined || border === undefined
      ? null
      : join(left, border, right);
  return joined === null
    ? { keys, values: null, children: changed }
    : {
        keys: keys.toSpliced(first, 1),
        values: null,
        children: changed.toSpliced(first, 2, joined),
      };
}

/** `null`: they are too long together. */
function join<K, V>(left: Node<K, V>, border: K, right: Node<K, V>): Node<K, V> | null {
  if (lengthOf(left) + lengthOf(right) > maxLength) return null;
  if (left.children !== null && right.children !== null) {
    const keys = [...left.keys, border, ...right.keys];
    return { keys, values: null, children: [...left.children, ...right.children] };
  }
  const keys = [...left.keys, ...right.keys];
  const values =
    left.values === null || right.values === null ? null : [...left.values, ...right.values];
  return { keys, values, children: null };
}

export function lengthOf<K, V>(node: Node<K, V>): number {
  return (node.children ?? node.keys).length;
}

export function* leavesOf<K, V>(node: Node<K, V>): Generator<Leaf<K, V>, void> {
  if (node.children === null) yield node;
  else for (const child of node.children) yield* leavesOf(child);
}
