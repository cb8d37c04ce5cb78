import { expect, it } from "vitest";
import { namedFiles } from "./named-files.ts";

it("names what an interpreter runs, and of a package what it leads to", () => {
  expect(namedFiles(["/usr/bin/node", "/srv/agent.mjs", "--flag", "relative.mjs"])).toEqual([
    "/srv/agent.mjs",
  ]);
  expect(namedFiles(["node", "/srv/tool/node_modules/@a/b/node_modules/c/cli.js"])).toEqual([
    "/srv/tool/node_modules",
  ]);
  expect(namedFiles(["/srv/node_modules/a/cli.js"])).toEqual([]);
});
