import { expect, it } from "vitest";
import { parseLinks } from "./link-header.ts";

it("names pages by relation, and an empty header none", () => {
  const header = '<https://a.example/?page=2>; rel="next", <https://a.example/?page=9>; rel=Last';
  expect(Object.fromEntries(parseLinks(header))).toEqual({
    next: "https://a.example/?page=2",
    last: "https://a.example/?page=9",
  });
  expect(parseLinks(undefined).size).toBe(0);
});

it.each(["next", "<https://a.example>", '<https://a.example>; title="next"'])(
  "R-319 %s is none",
  (header) => {
    expect(() => parseLinks(header)).toThrow("not readable");
  },
);
