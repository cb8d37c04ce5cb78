import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Issue } from "@signalbox/contracts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roadmapTexts } from "./__fixtures__/roadmap-texts.ts";
import { readRoadmap } from "./read-roadmap.ts";

const sample = (name: string): string =>
  readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), "utf8");

const issuesIn = (text: string): readonly Issue[] =>
  readRoadmap(text, "roadmap.md").issues.filter((issue) => issue !== null);

const only = (fields: string, title = "A"): Issue | undefined =>
  issuesIn(`## M\n\n### ${title}\n\n- **Status:** planned\n${fields}\n`)[0];

const dates = (text: string) => issuesIn(text).map(({ createdAt }) => createdAt);

const sharedFeature = (title: string) =>
  `### ${title}\n- **Status:** planned\n- **External-ID:** github:example/x#1\n`;

const problemsIn = (text: string) =>
  readRoadmap(text, "r.md").problems.map(({ where, message }) => `${where} ${message}`);

describe("readRoadmap", () => {
  it("maps a tidy file", () => {
    const { issues, problems } = readRoadmap(sample("roadmap.md"), "docs/roadmap.md");
    expect(problems).toEqual([]);
    expect(issues[1]).toEqual({
      id: "github:example/tide-tables#12",
      identifier: "predict-heights",
      title: "Predict heights",
      description: "Heights at a station for a time range\n\n- **Spec:** docs/specs/predict.md",
      state: "planned",
      stateKind: "unstarted",
      priority: 2,
      labels: ["v1-0-first-harbour"],
      blockedBy: [
        {
          id: "parse-harmonic-const-ffeca00f",
          identifier: "parse-harmonic-constants",
          state: "done",
          stateKind: "completed",
        },
      ],
      assignee: null,
      branchName: null,
      url: null,
      createdAt: "2026-05-01T00:00:01.000Z",
      updatedAt: null,
      notDispatchable: null,
      nativeRef: {
        file: "docs/roadmap.md",
        line: 22,
        title: "Predict heights",
        milestone: "v1.0 First harbour",
      },
    });
  });

  it("R-307 reports what is broken in an untidy file, by line, and lists all the rest", () => {
    const { issues, problems } = readRoadmap(sample("roadmap-untidy.md"), "roadmap.md");
    expect(issues.map((issue) => issue && [issue.identifier, issue.state])).toEqual([
      ["parse-constants-units-datum-and-gaps", "done"],
      ["predict-heights", "decision pending"],
      ["station-index", "PLANNED"],
      ["station-index-2", "planned"],
      null,
      null,
      ["潮位の監視", "in-progress"],
    ]);
    expect(issues[1]?.blockedBy.map(({ identifier }) => identifier)).toEqual([
      "parse-constants-units-datum-and-gaps",
      "station-index",
      "station-index-2",
    ]);
    expect(issues[0]?.description).toContain("with a `- **Status:** planned` inside it");
    expect(problems.map(({ where }) => where)).toEqual([
      "roadmap.md:46",
      "roadmap.md:49",
      "roadmap.md:51",
      "roadmap.md:55",
    ]);
    for (const { message, remedy } of problems) expect([message, remedy]).not.toContain("");
  });

  it("R-305 trims, lower-cases and joins labels without repeats or blanks", () => {
    expect(only("- **Labels:** UI , ui,, Back End\n")?.labels).toEqual(["m", "ui", "back end"]);
    expect(only("- **Tags:** —")?.labels).toEqual(["m"]);
  });

  it.each(["P4", "high", "—", "", "P", "0"])("R-306 reads priority %j as none", (priority) => {
    expect(only(`- **Priority:** ${priority}`)?.priority).toBeNull();
  });

  it.each([
    ["P0", 1],
    ["p3 — later", 4],
  ])("reads priority %j as %i", (priority, expected) => {
    expect(only(`- **Priority:** ${priority}`)?.priority).toBe(expected);
  });

  it.each([
    ["2026-05-01", "2026-05-01T00:00:00.000Z"],
    ["2026-05-01T10:00:00+02:00", "2026-05-01T08:00:00.000Z"],
    ["2026-05-01T10:00:00", null],
    ["2026-15-01", null],
    ["yesterday", null],
  ])("R-316 reads the instant %j as %j", (written, expected) => {
    expect(only(`- **Updated-At:** ${written}`)?.updatedAt).toBe(expected);
  });

  it("R-316 gives each feature an instant by its place, so that file order is age", () => {
    const features = "### B\n- **Status:** planned\n### A\n- **Status:** planned\n";
    expect(dates(features)).toEqual(["1970-01-01T00:00:00.000Z", "1970-01-01T00:00:01.000Z"]);
    expect(dates(`---\ncreated: 2026-05-01\n---\n${features}`)).toEqual([
      "2026-05-01T00:00:00.000Z",
      "2026-05-01T00:00:01.000Z",
    ]);
    expect(dates(`---\ncreated: last year\n---\n${features}`)[0]).toBe("1970-01-01T00:00:00.000Z");
  });

  it("R-322 a blocker whose own status cannot be read has an unknown state", () => {
    const [issue] = issuesIn("### A\n- **Status:** planned\n- **Blockers:** B\n### B\n");
    expect(issue?.blockedBy).toEqual([
      { id: expect.any(String), identifier: "b", state: null, stateKind: null },
    ]);
  });

  it.each(["- Status: planned", "**Status:** planned", "* **Status** planned", "Status = planned"])(
    "says which line may have been meant as the Status: %s",
    (line) => {
      const { problems } = readRoadmap(`## M\n\n### A\n\n${line}\n- **Summary:** x\n`, "r.md");
      expect(problems).toEqual([
        {
          where: "r.md:5",
          message:
            'this line looks like the Status of "A", but is not written as a field, so it is not listed',
          remedy: "Write it as a list item with its key in bold: `- **Status:** planned`.",
        },
      ]);
      expect(problemsIn("### A\n\nStatus of things: unclear\n")[0]).toContain("has no Status");
    },
  );

  it("R-311 R-312 says why a feature with two states must not run, and lists it", () => {
    const issue = only("- **Status:** done");
    expect(issue).toMatchObject({ state: "planned" });
    expect(issue?.notDispatchable).toMatch(/more than one Status/);
    expect(only("")?.notDispatchable).toBeNull();
  });

  it("R-310 refers back to file, line, title and milestone in plain JSON", () => {
    const reference = only("")?.nativeRef;
    expect(reference).toEqual({ file: "roadmap.md", line: 3, title: "A", milestone: "M" });
    expect(JSON.parse(JSON.stringify(reference))).toEqual(reference);
  });

  it("prefers the External-ID, tells of two that are the same, and keeps both visible", () => {
    const { issues, problems } = readRoadmap(sharedFeature("A") + sharedFeature("B"), "roadmap.md");
    expect(issues.map((issue) => issue?.id)).toEqual([
      "github:example/x#1",
      "github:example/x#1-2",
    ]);
    expect(problems).toMatchObject([{ where: "roadmap.md:4" }]);
  });

  it("tells of a feature that blocks itself, of repeated fields and of a file without features", () => {
    expect(problemsIn("### A\n- **Status:** planned\n- **Blockers:** A\n")).toEqual([
      'r.md:3 "A" names only itself as its blocker, which is ignored',
    ]);
    expect(problemsIn("### A\n- **Status:** planned\n- **Plan:** x\n- **Status:** done\n")).toEqual(
      ['r.md:4 "A" has another field Status, which is not read'],
    );
    expect(problemsIn("# Notes\n")).toEqual(["r.md:1 no feature found"]);
    expect(problemsIn("### A\n- **Status:** done\n- **Blockers:** a decision\n")).toEqual([]);
  });

  it("R-317 never leaves id, identifier, title or state empty, nor two issues with one id", () => {
    fc.assert(
      fc.property(roadmapTexts, (text) => {
        const issues = issuesIn(text);
        for (const { id, identifier, title, state, blockedBy } of issues) {
          for (const name of [id, identifier, title, state]) expect(name.trim()).not.toBe("");
          for (const blocker of blockedBy) expect(blocker.identifier.trim()).not.toBe("");
        }
        expect(new Set(issues.map(({ id }) => id)).size).toBe(issues.length);
        expect(new Set(issues.map(({ identifier }) => identifier)).size).toBe(issues.length);
      }),
    );
  });

  it("reads after a change what it would read without having read before", () => {
    fc.assert(
      fc.property(roadmapTexts, fc.nat(), fc.nat(40), roadmapTexts, (text, at, length, other) => {
        const from = at % (text.length + 1);
        const next = text.slice(0, from) + other + text.slice(from + length);
        const { issues, problems } = readRoadmap(next, "r.md", readRoadmap(text, "r.md"));
        const fresh = readRoadmap(next, "r.md");
        expect(issues).toEqual(fresh.issues);
        expect(problems).toEqual(fresh.problems);
      }),
      { numRuns: 200 },
    );
  });

  it("keeps the issues of 10,000 features but the one that moved and the one that it blocks", () => {
    const text = Array.from({ length: 10_000 }, (_, n) =>
      [
        `### F ${n}`,
        "- **Status:** planned",
        `- **Blockers:** ${n % 2 ? `F ${n - 1}` : "—"}`,
        "",
      ].join("\n"),
    );
    const before = readRoadmap(text.join("\n"), "r.md");
    text[5000] = "### F 5000\n- **Status:** done\n- **Blockers:** —\n";
    const after = readRoadmap(text.join("\n"), "r.md", before);
    const known = new Set(before.issues);
    expect(after.issues.filter((issue) => !known.has(issue))).toMatchObject([
      { title: "F 5000", state: "done" },
      { title: "F 5001", blockedBy: [{ state: "done" }] },
    ]);
  });

  it("tells of the first 200 problems, and how many more there are", () => {
    const { problems } = readRoadmap("### A\n".repeat(1000), "r.md");
    expect(problems).toHaveLength(201);
    expect(problems.at(-1)?.message).toBe("1799 more problems from here on");
  });

  it("is not held up by very long lines", () => {
    const gap = " \t".repeat(500_000);
    const { issues } = readRoadmap(
      `---\ncreated: x${gap}y\n---\n### A${gap}#${gap}B\n- **Status:** done${gap}x\n- **Summary:** a${gap}b\n  c\n- **Blockers:** a${gap}b, c\n- **Priority:** x${gap}y\n${gap}x\n### ${"#".repeat(100_000)}C\n- **Status:** x${gap}y\n`,
      "r.md",
    );
    expect(issues.map((issue) => issue?.state)).toEqual(["done", "x"]);
  });

  it("keeps no earlier text alive, however long the file is edited and its issues are kept", () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage: unknown = runInNewContext("gc");
    if (typeof collectGarbage !== "function") throw new Error("no way to collect garbage");
    const features = Array.from(
      { length: 2000 },
      (_, n) =>
        `### Feature with the number ${n}\n- **Status:** waiting for sign-off\n- **Plan:** ${"—".repeat(80)}\n`,
    );
    const text = (moved: number): string =>
      features.with(moved, features[moved]?.replace("sign-off", "the board") ?? "").join("");
    let roadmap = readRoadmap(text(0), "r.md");
    const kept: unknown[] = [];
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let version = 1; version <= 100; version += 1) {
      roadmap = readRoadmap(text(version), "r.md", roadmap);
      kept.push(roadmap.issues[version]);
    }
    collectGarbage();
    const grown = process.memoryUsage().heapUsed - before;
    expect(kept).toHaveLength(100);
    expect(grown).toBeLessThan(20 * text(0).length);
  });
});
