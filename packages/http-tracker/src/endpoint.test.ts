import { expect, it } from "vitest";
import { isSafeEndpoint, placeOf } from "./endpoint.ts";

it.each([
  ["https://desk.example/below", true],
  ["http://localhost:3000", true],
  ["http://[::1]:3000", true],
  ["http://desk.example", false],
  ["https://user:secret@desk.example", false],
  ["https://desk.example/?to=elsewhere", false],
  ["ftp://desk.example", false],
  ["desk.example", false],
])("a token may go to %s: %j", (url, isSafe) => {
  expect(isSafeEndpoint(url)).toBe(isSafe);
});

it("a place has its port and its path", () => {
  expect(placeOf("https://desk.example:8443/below")).toBe("desk.example:8443/below");
  expect(placeOf("https://desk.example/")).toBe("desk.example");
});
