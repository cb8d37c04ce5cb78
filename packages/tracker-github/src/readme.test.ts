import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { soon, useDesk } from "./__fixtures__/desk.ts";
import { githubOptionsSchema } from "./github-options.ts";

const desk = useDesk();
const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");

it("the example of the README works", async () => {
  const { github, tracker: make } = desk();
  github.repository.add({ number: 1 });
  const tracker = make({ repository: "tide/tables" });
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
  const wrong = Object.fromEntries(named.map((key) => [key, {}]));
  const result = githubOptionsSchema["~standard"].validate(wrong);
  const issues = result instanceof Promise ? [] : (result.issues ?? []);
  const refused = issues.map(({ path }) => String(keyOf(path?.[0])));
  const snake = refused.map((key) =>
    key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
  const aliases = new Set(["repo", "api_key"]);
  // Each is known: it is refused for its value. What is in an object may be left out.
  expect(new Set([...snake, "closing"])).toEqual(new Set(named.filter((key) => !aliases.has(key))));
});

function keyOf(segment: PropertyKey | { readonly key: PropertyKey } | undefined): PropertyKey {
  return typeof segment === "object" ? segment.key : (segment ?? "");
}
