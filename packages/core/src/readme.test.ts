import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { issue } from "./__fixtures__/line.ts";
import * as core from "./index.ts";
import { applyEvent, createEmptyState, defaultPolicy, explainEligibility } from "./index.ts";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");

describe("the README", () => {
  it("has an example that does what it says", () => {
    const issues = [issue("1"), issue("2")] as const;
    const policy = { ...defaultPolicy, activeStates: ["todo"], maxConcurrentAgents: 1 };
    const seen = applyEvent(createEmptyState(policy), {
      type: "issues-observed",
      at: 1_900_000_000_000,
      scope: "full",
      issues,
      removedIds: [],
    });
    expect(seen.decided.map((fact) => fact.type)).toEqual([
      "issue-changed",
      "issue-changed",
      "run-claimed",
    ]);
    expect(seen.effects).toEqual([{ type: "check-issue", issueId: "1", runId: "run-1" }]);
    const reasons = explainEligibility(issues[1], seen.state, seen.state.at);
    expect(reasons).toEqual([{ code: "no-slot", running: 1, max: 1 }]);
  });

  it("shows the very lines that were just run", async () => {
    const here = await readFile(new URL(import.meta.url), "utf8");
    const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
    const lines = example
      .split("\n")
      .map((line) => line.replace(/;? \/\/ .*$/, "").trim())
      .filter((line) => line !== "" && !line.startsWith("import "));
    expect(lines).toHaveLength(11);
    expect(lines.filter((line) => !here.includes(line))).toEqual([]);
  });

  it("names every function that the package has", () => {
    const missing = Object.keys(core).filter((name) => !readme.includes(`\`${name}`));
    expect(missing).toEqual([]);
  });
});
