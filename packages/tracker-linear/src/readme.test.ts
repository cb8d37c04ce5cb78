import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import * as v from "valibot";
import { LinearWorkspace, personalKey } from "./__fixtures__/linear-workspace.ts";
import { linearOptionsSchema, LinearTrackerAdapter } from "./index.ts";

const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");

it("the example of the README does what it says", async () => {
  const [, example = ""] = /```ts\n([^]*?)```/.exec(readme) ?? [];
  const code = example.replace(/^import .*$/m, "");
  const said: unknown[][] = [];
  await using linear = await LinearWorkspace.open();
  const { id } = linear.server.store.addIssue(linear.team, "Todo");
  const names = ["LinearTrackerAdapter", "apiKey", "endpoint", "console"];
  const run: unknown = new Function(...names, `return (async () => {${code}})()`);
  if (typeof run !== "function") throw new TypeError("a function");
  const log = (...words: unknown[]): number => said.push(words);
  await run(LinearTrackerAdapter, personalKey, linear.server.url, { log });
  expect(said).toEqual([["ENG-1", "confirmed"]]);
  expect([...linear.server.store.comments.values()]).toMatchObject([
    { issueId: id, body: "Work has begun." },
  ]);
});

it("R-315 the README has every option, error and part of a tracker's profile", () => {
  const options = v.parse(linearOptionsSchema, { api_key: "k", team_key: "ENG" });
  const snake = (name: string): string =>
    name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  for (const name of Object.keys(options)) expect(readme, name).toContain(`| \`${snake(name)}\``);
  for (const code of [
    "config",
    "auth",
    "rate_limited",
    "status",
    "transport",
    "payload",
    "pagination",
  ]) {
    expect(readme, code).toContain(`| \`tracker_${code}\``);
  }
  for (const field of ["scope", "`id`", "`state`", "`labels`", "`priority`", "`blockedBy`"]) {
    expect(readme).toContain(`| ${field}`);
  }
  for (const part of ["Writes", "Agent sessions", "Webhooks"])
    expect(readme).toContain(`## ${part}`);
});
