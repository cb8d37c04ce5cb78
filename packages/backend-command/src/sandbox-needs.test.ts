import { expect, it } from "vitest";
import { loginPathsOf } from "./sandbox-needs.ts";

it("knows where well-known agents keep their logins, by the program's name alone", () => {
  expect(loginPathsOf(["/opt/bin/claude", "-p"])).toEqual([".claude", ".claude.json"]);
  expect(loginPathsOf(["constructor"])).toEqual([]);
  expect(loginPathsOf("claude -p")).toEqual([]);
});
