import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import * as v from "valibot";
import { LinearWorkspace, personalKey } from "./__fixtures__/linear-workspace.ts";
import { linearOptionsSchema, LinearTrackerAdapter } from "./index.ts";

const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");

it("the example of the README works", async () => {
  await using linear = await LinearWorkspace.open();
  linear.server.store.addIssue(linear.team, "Todo");
  const [apiKey, endpoint] = [personalKey, linear.server.url];
  const logger = { log: () => {} };
  const tracker = new LinearTrackerAdapter({ apiKey, teamKey: "ENG", endpoint }, { logger });
  const { signal } = new AbortController();
  const said: string[] = [];
  const [issue] = await tracker.fetchIssuesByStates(["Todo"], signal);
  if (issue !== undefined) {
    const order = { from: "Todo", to: "In Progress", key: "run-1" };
    const { kind } = await tracker.transition(issue.id, order, signal);
    await tracker.ensureComment(issue.id, { key: "run-1", body: "Work has begun." }, signal);
    said.push(`${issue.identifier} ${kind}`);
  }
  await tracker.close();
  expect(said).toEqual(["ENG-1 confirmed"]);
  expect(linear.server.store.comments.size).toBe(1);
});

function inSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

it("R-315 the README has every option, error and part of a tracker's profile", () => {
  const options = v.parse(linearOptionsSchema, { api_key: "k", team_key: "ENG" });
  for (const name of Object.keys(options)) {
    expect(readme, name).toContain(`| \`${inSnakeCase(name)}\``);
  }
  const codes = ["config", "auth", "rate_limited", "status", "transport", "payload", "pagination"];
  for (const code of codes) expect(readme, code).toContain(`| \`tracker_${code}\``);
  for (const field of ["scope", "`id`", "`state`", "`labels`", "`priority`", "`blockedBy`"]) {
    expect(readme).toContain(`| ${field}`);
  }
  for (const part of ["Writes", "Agent sessions", "Webhooks"]) {
    expect(readme).toContain(`## ${part}`);
  }
});
