import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { specActions } from "./spec-actions.ts";

const roadmap = readFileSync(
  join(import.meta.dirname, "../../../../examples/demo/project/docs/roadmap.md"),
  "utf8",
);
const features = roadmap.split("### ").slice(1);

/** The prompt of the demo, after what an agent says to the model itself. */
function prompt(feature: string, attempt: number): string {
  const [title = ""] = feature.split("\n");
  return `# Environment\nBe good.\n# ${title}\n\n${feature}\n\nAttempt: ${attempt}\n`;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-spec-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("writes modules of which all tests pass, for every feature of the demo", () => {
  expect(features.length).toBeGreaterThan(3);
  for (const feature of features) {
    const actions = specActions(prompt(feature, 2));
    expect(actions.map((action) => action.kind)).toEqual(["write", "write", "run", "run"]);
    for (const action of actions) {
      if (action.kind !== "write") continue;
      mkdirSync(dirname(join(folder, action.path)), { recursive: true });
      writeFileSync(join(folder, action.path), action.content);
    }
  }
  const args = ["--test", "--test-isolation=none", "--test-reporter=tap"];
  const printed = execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  expect(printed).toContain(`# pass ${features.length}`);
});

it("gets what takes care wrong the first time, and right when it is told", () => {
  const careful = features.find((feature) => /takes\s+care/i.test(feature)) ?? "";
  const first = prompt(careful, 1);
  expect(JSON.stringify(specActions(first))).toContain("return undefined;");
  const told = `${first}\nLast time it went wrong:\n`;
  expect(JSON.stringify(specActions(told))).not.toContain("return undefined;");
});

it("has nothing to do where the prompt says nothing to write", () => {
  expect(specActions("# Title\n\nSay hello.")).toEqual([]);
});
