import { expect, it } from "vitest";
import { loginPathsOf, readablePathsOf } from "./sandbox-needs.ts";

it("knows where well-known agents keep their logins, by the program's name alone", () => {
  expect(loginPathsOf(["/opt/bin/claude", "-p"])).toEqual([".claude", ".claude.json"]);
  expect(loginPathsOf(["constructor"])).toEqual([]);
  expect(loginPathsOf("claude -p")).toEqual([]);
});

it("lets a sandboxed interpreter read the script that its command line names, and no more", () => {
  expect(readablePathsOf(["/usr/bin/node", "/srv/agent.mjs", "--flag", "relative.mjs"])).toEqual([
    "/srv/agent.mjs",
  ]);
  expect(readablePathsOf("node /srv/agent.mjs")).toEqual([]);
});
