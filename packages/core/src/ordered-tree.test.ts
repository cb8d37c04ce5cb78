import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OrderedTree } from "./ordered-tree.ts";

type Write = readonly [key: string, value: number | null];

/** Few keys and many writes: nodes fill, split, run empty and are joined. */
const writes = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 400 }).map((key) => `key-${String(key).padStart(3, "0")}`),
    fc.option(fc.nat(), { freq: 2 }),
  ),
  { maxLength: 3_000, size: "max" },
);

describe("an ordered tree", () => {
  it("holds what a sorted list of entries holds, whatever was written before", () => {
    fc.assert(
      fc.property(writes, (script) => {
        const { tree, model } = written(script);
        expect(tree.size).toBe(model.size);
        expect([...tree.entries()]).toEqual(entriesOf(model));
        expect([...tree.keys()]).toEqual(entriesOf(model).map(([key]) => key));
        expect([...tree.values()]).toEqual(entriesOf(model).map(([, value]) => value));
        expect(tree.minKey()).toBe(entriesOf(model)[0]?.[0]);
        for (const [key] of script) {
          expect(tree.get(key)).toBe(model.get(key));
          expect(tree.has(key)).toBe(model.has(key));
        }
      }),
      { numRuns: 40 },
    );
  });

  it("leaves the tree that it was cloned from as it was, and the other way round", () => {
    fc.assert(
      fc.property(writes, writes, (script, later) => {
        const { tree, model } = written(script);
        const clone = tree.clone();
        for (const write of later) apply(clone, write);
        expect([...tree.entries()]).toEqual(entriesOf(model));
        const after = [...clone.entries()];
        for (const write of later.toReversed()) apply(tree, write);
        expect([...clone.entries()]).toEqual(after);
      }),
      { numRuns: 20 },
    );
  });

  it("keeps keys without values in the order that it is given", () => {
    const words = Array.from({ length: 500 }, (_, index) => "x".repeat((index * 181) % 500));
    const set = OrderedTree.emptySet<string>(isLonger);
    for (const word of words) set.set(word, undefined);
    expect([...set.keys()].map((word) => word.length)).toEqual(
      Array.from({ length: 500 }, (_, index) => 499 - index),
    );
    expect(set.has("xxx")).toBe(true);
    for (const word of words.slice(1)) set.delete(word);
    expect([...set.keys()]).toEqual([""]);
  });

  it("is emptied from either end and filled again", () => {
    const tree = OrderedTree.emptyMap<number, string>(null);
    for (let round = 0; round < 3; round += 1) {
      for (let key = 0; key < 2_000; key += 1) tree.set(key, `${key}`);
      expect(tree.size).toBe(2_000);
      for (let key = 0; key < 1_000; key += 1) {
        expect(tree.minKey()).toBe(key);
        tree.delete(key);
      }
      for (let key = 1_999; key >= 1_000; key -= 1) tree.delete(key);
      expect([tree.size, tree.minKey(), [...tree.entries()]]).toEqual([0, undefined, []]);
    }
  });
});

function isLonger(a: string, b: string): boolean {
  return a.length > b.length;
}

function written(script: readonly Write[]): {
  readonly tree: OrderedTree<string, number>;
  readonly model: ReadonlyMap<string, number>;
} {
  const tree = OrderedTree.emptyMap<string, number>(null);
  const model = new Map<string, number>();
  for (const write of script) {
    apply(tree, write);
    apply(model, write);
  }
  return { tree, model };
}

function apply(
  map: { set(key: string, value: number): unknown; delete(key: string): unknown },
  [key, value]: Write,
): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}

function entriesOf(model: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...model].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
