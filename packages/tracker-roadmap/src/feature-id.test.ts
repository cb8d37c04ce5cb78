import { describe, expect, it } from "vitest";
import { slug, titleId, titleSlug, uniqueNames } from "./feature-id.ts";

describe("names of features", () => {
  it("derives the id from the title as the first tools for this format did", () => {
    expect(titleId("Predict heights")).toBe("predict-heights-31a133c9");
    expect(titleId("Parse constants: units, datum, and gaps")).toBe(
      "parse-constants-unit-c487b80a",
    );
    expect(titleId("潮位の監視 🌊")).toBe("--f80addfa");
  });

  it.each([
    ["Predict heights", "predict-heights"],
    ["  C++ & Rust: ½ done! ", "c-rust-1-2-done"],
    ["潮位の監視 🌊", "潮位の監視"],
    ["Ärger mit Öl", "ärger-mit-öl"],
    ["🌊", "8db6bed4"],
    [
      "A title that goes on and on until nobody wants to type it any more",
      "a-title-that-goes-on-and-on-until-nobody-wants",
    ],
  ])("makes of %j the identifier %j", (title, identifier) => {
    expect(titleSlug(slug(title), title)).toBe(identifier);
  });

  it("makes names unique by their order and takes none from its owner", () => {
    expect(uniqueNames(["a", "a", "a-2", "b", "a", "a-2"])).toEqual([
      "a",
      "a-3",
      "a-2",
      "b",
      "a-4",
      "a-2-2",
    ]);
  });
});
