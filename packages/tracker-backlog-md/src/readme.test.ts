import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { newBacklog } from "./__fixtures__/new-backlog.ts";
import plugin, { BacklogTrackerAdapter } from "./index.ts";

const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");

it("R-315 the README is the profile: keys, fields, states, and the errors that the source has", () => {
  const sources = globSync("*.ts", { cwd: import.meta.dirname }).filter(
    (name) => !name.endsWith(".test.ts"),
  );
  const code = sources.map((name) => readFileSync(join(import.meta.dirname, name), "utf8")).join();
  const codes = [...new Set(code.match(/"tracker_[a-z_]+"/g) ?? [])].map((quoted) =>
    quoted.slice(1, -1),
  );
  expect(codes.length).toBeGreaterThan(3);
  const options = [...code.matchAll(/^ {2}(\w+): v\.optional/gm)].map(([, key = ""]) => key);
  expect(options).toEqual(["path", "scope"]);
  const fields = ["id", "identifier", "state", "stateKind", "priority", "labels", "blockedBy"];
  const unsaid = [...codes, ...options, ...fields, ...plugin.defaults.activeStates].filter(
    (name) => !readme.includes(`\`${name}\``),
  );
  expect(unsaid).toEqual([]);
  for (const heading of ["Options", "Writes", "Tools", "Errors", "Guarantees and limits"]) {
    expect(readme).toContain(`## ${heading}`);
  }
});

it("the README's example works", async () => {
  const { folder, add } = await newBacklog();
  await add(1, "priority: medium\n");
  expect(readme).toContain(
    'new BacklogTrackerAdapter({ path: "backlog" }, { folder: process.cwd() })',
  );
  const tracker = new BacklogTrackerAdapter({ path: "backlog" }, { folder });
  const { signal } = new AbortController();
  const [issue] = await tracker.fetchIssuesByStates(["To Do"], signal);
  const order = { from: "To Do", to: "In Progress", key: "run-1" };
  const result = await tracker.transition(issue?.id ?? "", order, signal);
  expect([issue?.identifier, issue?.priority, result.kind]).toEqual(["TASK-1", 2, "confirmed"]);
});
