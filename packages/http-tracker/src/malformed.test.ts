import { expect, it } from "vitest";
import { malformed } from "./malformed.ts";

it("R-314 what is wrong with a record is told in short, whatever its length", () => {
  const path = [{ key: "fields" }, { key: 0 }];
  expect(malformed("#1", [{ message: "no text", path }])).toEqual({
    kind: "malformed",
    where: "#1",
    detail: "fields.0 no text",
  });
  const long = malformed("🙂".repeat(99_999), [{ message: `x${"🙂".repeat(99_999)}` }]);
  expect(long.where).toHaveLength(100);
  expect(long.detail).toHaveLength(299);
});
