import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type TrackerTestBed, trackerLaws } from "../../packages/conformance/src/index.ts";
import { backlogBed } from "../../packages/tracker-backlog-md/src/__fixtures__/backlog-bed.ts";
import { githubTestBed } from "../../packages/tracker-github/src/__fixtures__/github-test-bed.ts";
import { gitlabTestBed } from "../../packages/tracker-gitlab/src/__fixtures__/gitlab-test-bed.ts";
import { jiraTestBed } from "../../packages/tracker-jira/src/__fixtures__/jira-test-bed.ts";
import { linearTestBed } from "../../packages/tracker-linear/src/__fixtures__/linear-test-bed.ts";
import { memoryBed } from "../../packages/tracker-memory/src/__fixtures__/memory-bed.ts";
import { roadmapBed } from "../../packages/tracker-roadmap/src/__fixtures__/roadmap-bed.ts";

const beds: Readonly<Record<string, TrackerTestBed>> = {
  memory: memoryBed,
  roadmap: roadmapBed,
  "backlog-md": backlogBed,
  linear: linearTestBed("linear", "app"),
  github: githubTestBed("github"),
  gitlab: gitlabTestBed("gitlab", "premium"),
  jira: jiraTestBed("jira", "cloud"),
};
const root = join(import.meta.dirname, "..", "..");
const text = readFileSync(join(root, "docs", "trackers.md"), "utf8");
const rows = text.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
const header = rows.find(([, first]) => first === "requirement")?.slice(2, -1) ?? [];
const trackers = header.map((name) => name.replaceAll("`", ""));
const claims = rows.flatMap(([, first = "", ...cells]) => {
  const [number] = /^R-\d\d\d/.exec(first) ?? [];
  return number === undefined ? [] : [{ number, cells: cells.slice(0, -1) }];
});

/** The requirements in titles of the package's own tests. */
function namedBy(tracker: string): ReadonlySet<string> {
  const files = globSync(`packages/tracker-${tracker}/src/**/*.test.ts`, { cwd: root });
  const texts = files.map((file) => readFileSync(join(root, file), "utf8"));
  return new Set(texts.flatMap((written) => written.match(/R-\d\d\d/g) ?? []));
}

/** The requirements of the laws that apply to it, where it is tried at all. */
function heldTo(tracker: string): ReadonlySet<string> {
  const tests = globSync(`packages/tracker-${tracker}/src/*.conformance.test.ts`, { cwd: root });
  const bed = beds[tracker];
  if (tests.length === 0 || bed === undefined) return new Set();
  const applying = trackerLaws.filter((law) => law.exempts(bed) === null);
  return new Set(applying.map(({ requirement }) => requirement));
}

describe("the table of proofs in docs/trackers.md", () => {
  it("has every requirement on trackers, once, and every adapter", () => {
    const numbers = claims.map(({ number }) => number).filter((number) => number < "R-400");
    expect(numbers).toEqual(Array.from({ length: 28 }, (_, index) => `R-${301 + index}`));
    const folders = globSync("packages/tracker-*/package.json", { cwd: root });
    const names = folders.map((path) => path.split("/")[1]?.replace("tracker-", ""));
    expect(new Set(trackers)).toEqual(new Set(names));
  });

  it.each(trackers.map((name, index) => [name, index] as const))(
    "claims for %s no more than its tests",
    (name, index) => {
      const [own, kit] = [namedBy(name), heldTo(name)];
      const isTrue = new Map([
        ["kit", (number: string) => kit.has(number)],
        ["own", (number: string) => own.has(number)],
        ["kit, own", (number: string) => kit.has(number) && own.has(number)],
        ["n/a", (number: string) => !own.has(number)],
        ["·", (number: string) => !own.has(number)],
      ]);
      const untrue = claims
        .map(({ number, cells }) => ({ number, cell: cells[index] ?? "" }))
        .filter(({ number, cell }) => isTrue.get(cell)?.(number) !== true);
      expect(untrue).toEqual([]);
    },
  );
});
