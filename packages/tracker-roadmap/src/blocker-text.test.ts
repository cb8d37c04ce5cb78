import { describe, expect, it } from "vitest";
import { BlockerResolver } from "./blocker-text.ts";

const titles = [
  "Parse constants: units, datum, and gaps",
  "Predict heights",
  "Station index",
  "Station index",
  "After dark",
  "None of the above",
  "Print; then fold",
];
const resolver = new BlockerResolver(titles, (position) => [
  `slug-${position}`,
  `github:example/x#${position}`,
  "",
]);

describe("BlockerResolver", () => {
  it.each([
    ["Predict heights", [1]],
    ["  predict   HEIGHTS ", [1]],
    ["Parse constants: units, datum, and gaps", [0]],
    ["Parse constants: units, datum, and gaps, Predict heights", [0, 1]],
    ["Predict heights, Parse constants: units, datum, and gaps", [1, 0]],
    ["Depends on Parse constants: units, datum, and gaps; Predict heights.", [0, 1]],
    ["Predict heights, Predict heights", [1]],
    ["Station index", [2, 3]],
    ["slug-1, github:example/x#0", [1, 0]],
    ["Depends on `slug-0`, and `slug-1`", [0, 1]],
    ["blocked by Predict heights (started)", [1]],
    ["Predict heights — in review", [1]],
    ["Predict heights and After dark", [1, 4]],
    ["After dark", [4]],
    ["after Predict heights", [1]],
    ["None of the above", [5]],
    ["Print; then fold", [6]],
    ["Predict heights,\n  After dark", [1, 4]],
  ])("R-322 reads in %j what it names", (text, expected) => {
    expect(resolver.resolve(text)).toEqual(expected);
  });

  it.each([
    "",
    "—",
    "-",
    "none",
    "None.",
    "n/a",
    "none yet",
    "none. The reporter is published already",
    "none — see Predict heights",
    "— (the substrate EXISTS, see #77)",
  ])("R-306 reads %j as no blocker", (text) => {
    expect(resolver.resolve(text)).toEqual([]);
  });

  it.each([
    ["a decision by the board", ["a decision by the board"]],
    ["Predict heights, and a decision by the board", [1, "a decision by the board"]],
    ["`slug-9`", ["slug-9"]],
    ["Predict heights and a decision", ["Predict heights and a decision"]],
    ["nonesuch", ["nonesuch"]],
    [",;", []],
  ])("R-322 keeps in %j what names nothing as an unknown blocker", (text, expected) => {
    const meant = resolver.resolve(text).map((one) => {
      if (typeof one === "number") return one;
      expect(one).toMatchObject({ id: null, state: null, stateKind: null });
      return one.identifier;
    });
    expect(meant).toEqual(expected);
  });

  it("bounds what it makes of a very long value", () => {
    const meant = resolver.resolve(
      Array.from({ length: 100_000 }, (_, n) => `item ${n}`).join(","),
    );
    expect(meant).toHaveLength(201);
    expect(meant.at(-1)).toMatchObject({ identifier: "… and 99800 more" });
    expect(resolver.resolve("x".repeat(1_000_000))).toMatchObject([
      { identifier: "x".repeat(200) },
    ]);
  });
});
