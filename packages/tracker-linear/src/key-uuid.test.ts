import { array, assert, property, string, uuid } from "fast-check";
import { expect, it } from "vitest";
import { isDerived, uuidOf } from "./key-uuid.ts";

it("an id follows from all its words, and is told from a random one", () => {
  assert(
    property(array(string()), array(string()), uuid({ version: 4 }), (one, other, random) => {
      expect(isDerived(uuidOf(...one))).toBe(true);
      expect(isDerived(random)).toBe(false);
      const isSame = JSON.stringify(one) === JSON.stringify(other);
      expect(uuidOf(...one) === uuidOf(...other)).toBe(isSame);
    }),
  );
  // Comments that are in Linear already keep their ids.
  expect(uuidOf("comment", "issue", "key")).toBe("0a8ab650-1faf-50dd-8420-081f6fa97c43");
});
