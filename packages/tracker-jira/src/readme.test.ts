import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import { jiraOptionsSchema } from "./jira-options.ts";
import plugin from "./plugin.ts";

const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");

describe.each(["cloud", "data-center"] as const)("on %s", (flavour) => {
  const desk = useDesk(flavour);

  it("the example of the README works", async () => {
    const { jira, tracker: make } = desk();
    jira.world.add();
    const tracker = make();
    const signal = soon();
    const [issue] = await tracker.fetchIssuesByStates(["To Do"], signal);
    if (issue === undefined) throw new Error("nothing is to do");
    const order = { from: "To Do", to: "In Progress", key: "run-1" };
    const result = await tracker.transition(issue.id, order, signal);
    await tracker.ensureComment(issue.id, { key: "progress", body: "Started." }, signal);
    const told = [issue.identifier, issue.blockedBy.length, result.kind].join(" ");
    expect(readme).toContain(`// ${told}`);
  });
});

it("the states in the README's workflow are the defaults", () => {
  const { defaults } = plugin;
  expect(readme).toContain(`active_states: [${defaults?.activeStates.join(", ")}]`);
  expect(readme).toContain(`terminal_states: [${defaults?.terminalStates.join(", ")}]`);
  const { running, succeeded } = defaults?.states ?? {};
  expect(readme).toContain(`states: { running: ${running}, succeeded: ${succeeded} }`);
});

it("R-315 the README names every option, and no other", () => {
  const rows = [...readme.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell = ""]) => cell);
  const end = rows.findIndex((cell) => cell.includes("`id`"));
  const options = rows.slice(0, end).filter((cell) => !cell.startsWith("option of"));
  const named = options.flatMap((cell) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, key = ""]) => key),
  );
  const wrong = Object.fromEntries(named.map((key) => [key, { completed: "x" }]));
  const result = jiraOptionsSchema["~standard"].validate(wrong);
  const issues = result instanceof Promise ? [] : (result.issues ?? []);
  const refused = issues.map(({ path }) => String(keyOf(path?.[0])));
  const snake = refused.map((key) =>
    key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
  const aliases = new Set(["project_key", "api_key"]);
  // Each is known: it is refused for its value.
  expect(new Set(snake)).toEqual(new Set(named.filter((key) => !aliases.has(key))));
  expect(named).toHaveLength(new Set(named).size);
});

it("R-315 the README tells of every code, and of what an issue is", () => {
  const codes = "config secret transport auth status payload pagination rate_limited".split(" ");
  for (const code of codes) expect(readme).toContain(`\`tracker_${code}\``);
  const fields =
    "id identifier description state stateKind priority labels blockedBy assignee notDispatchable";
  for (const field of fields.split(" ")) expect(readme).toContain(`\`${field}\``);
});

function keyOf(segment: PropertyKey | { readonly key: PropertyKey } | undefined): PropertyKey {
  return typeof segment === "object" ? segment.key : (segment ?? "");
}
