import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import { gitlabOptionsSchema } from "./gitlab-options.ts";

const desk = useDesk();
const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");

it("the example of the README works", async () => {
  const { gitlab, tracker: make } = desk();
  gitlab.project.add({ iid: 1 });
  const tracker = make({ project: "tide/tables" });
  const signal = soon();
  const [issue] = await tracker.fetchIssuesByStates(["todo"], signal);
  if (issue === undefined) throw new Error("nothing is to do");
  const order = { from: "todo", to: "in-progress", key: "run-1" };
  const result = await tracker.transition(issue.id, order, signal);
  await tracker.ensureComment(issue.id, { key: "progress", body: "Started." }, signal);
  expect([issue.identifier, issue.blockedBy.length, result.kind]).toEqual(["#1", 0, "confirmed"]);
  expect(readme).toContain("// #1 0 confirmed");
});

it("R-315 the README names every option, and no other", () => {
  const rows = [...readme.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell = ""]) => cell);
  const options = rows.slice(
    0,
    rows.findIndex((cell) => cell.includes("`id`")),
  );
  const named = options.flatMap((cell) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, key = ""]) => key),
  );
  const wrong = Object.fromEntries(named.map((key) => [key, { completed: 1 }]));
  const result = gitlabOptionsSchema["~standard"].validate(wrong);
  const issues = result instanceof Promise ? [] : (result.issues ?? []);
  const refused = issues.map(({ path }) => String(keyOf(path?.[0])));
  const snake = refused.map((key) =>
    key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
  const aliases = new Set(["repository", "api_key"]);
  // Each is known: it is refused for its value.
  expect(new Set(snake)).toEqual(new Set(named.filter((key) => !aliases.has(key))));
  expect(named).toHaveLength(new Set(named).size);
});

it("R-315 the README tells of every code, and of what an issue is", () => {
  const codes = "config secret transport auth status payload pagination rate_limited".split(" ");
  for (const code of codes) expect(readme).toContain(`\`tracker_${code}\``);
  const fields = "id identifier state stateKind priority labels blockedBy assignee notDispatchable";
  for (const field of fields.split(" ")) expect(readme).toContain(`\`${field}\``);
});

function keyOf(segment: PropertyKey | { readonly key: PropertyKey } | undefined): PropertyKey {
  return typeof segment === "object" ? segment.key : (segment ?? "");
}
