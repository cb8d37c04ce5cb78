import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scanRoadmap } from "./scan.ts";
import { textOf } from "./span.ts";
import { roadmapTexts } from "./__fixtures__/roadmap-texts.ts";

const titlesIn = (text: string): readonly string[] =>
  scanRoadmap(text, "r.md").features.map(({ feature }) => feature.title);

const statusIn = (text: string): string | null => {
  const feature = scanRoadmap(text, "r.md").features[0]?.feature;
  return feature?.statusField ? textOf(feature.source, feature.statusField) : null;
};

describe("scanRoadmap", () => {
  it("finds the features of a real-looking file, and only those", () => {
    const untidy = readFileSync(new URL("__fixtures__/roadmap-untidy.md", import.meta.url), "utf8");
    const { features, problems } = scanRoadmap(untidy, "r.md");
    expect(
      features.map(({ line, feature }) => [line, feature.milestone.name, feature.title]),
    ).toEqual([
      [20, "First harbour", "Parse constants: units, datum, and gaps"],
      [30, "First harbour", "Predict heights"],
      [41, "First harbour", "Station index"],
      [46, "First harbour", "Station index"],
      [51, "First harbour", "A feature without any field"],
      [53, "First harbour", "Broken status"],
      [60, "監視", "潮位の監視 🌊"],
    ]);
    expect(problems).toEqual([]);
    for (const { feature, start } of features) {
      expect(untidy.slice(start, start + feature.source.length)).toBe(feature.source);
    }
  });

  it.each([
    ["- **Status:** planned", "planned"],
    ["- **Status**: planned", "planned"],
    ["* **Status:**   planned   ", "planned"],
    ["- **Status:**\tplanned", "planned"],
    ["- **Status:**planned", "planned"],
    ["- **Status:** planned <!-- ask -->", "planned"],
    ["- **Status:** in progress —\n  half done\n\n  not this", "in progress —\n  half done"],
    ["- **Status:**\n  planned", "planned"],
    ["- **Status:** planned\n  - **Note:** nested", "planned"],
    ["- **Status:** planned\nlazy text", "planned"],
    ["- **Status:** planned\n  ```\n### no feature\n  ```", "planned"],
    ["- **Status:**", ""],
  ])("reads the value of %j", (lines, value) => {
    expect(statusIn(`### A\n${lines}\n`)).toBe(value);
    expect(statusIn(`### A\n${lines}\n`.replaceAll("\n", "\r\n"))).toBe(
      value.replaceAll("\n", "\r\n"),
    );
  });

  it.each([
    "- Status: planned",
    "**Status:** planned",
    "- **Status** planned",
    "  - **Status:** b",
  ])("reads no field in %j", (line) => expect(statusIn(`### A\n\n${line}\n`)).toBeNull());

  it.each([
    [
      "### Feature: A\n### feature:B\n### C ###\n### D <!-- d -->\n   ### E",
      ["A", "B", "C", "D", "E"],
    ],
    ["###no\n#### no\n## no\n    ### no", []],
    ["```\n### no\n```\n~~~~\n### no\n~~~\n~~~~~\n### A", ["A"]],
    ["<!--\n### no\n-->\n<!-- ### no -->\n### A", ["A"]],
    ["## Assignment History\n### no\n## M\n### A", ["A"]],
    ["### A\n### Group: Why\n- **Status:** no\n### Feature: Group: B", ["A", "Group: B"]],
    ["\uFEFF### A", ["A"]],
    ["\uFEFF---\nproject: x\n---\n### A", ["A"]],
    ["", []],
  ])("finds in %j the features %j", (text, titles) => {
    expect(titlesIn(text)).toEqual(titles);
    expect(titlesIn(text.replaceAll("\n", "\r\n"))).toEqual(titles);
  });

  it.each([
    ["### A\n```js\n### B", 2, "code fence"],
    ["### A\n<!-- open\n### B", 2, "HTML comment"],
    ["---\nproject: x\n## M\n### A\n### B", 1, "front matter"],
    ["---\nproject\n---\n### A\n### B", 2, "front matter"],
    ["---\nx: [1,\n2]\n---\n### A\n### B", 3, "front matter"],
    ["### A\n###\n### B", 2, "no title"],
  ])("hides no feature of %j for what is broken on line %i", (text, line, words) => {
    const { features, problems } = scanRoadmap(text, "r.md");
    expect(features.map(({ feature }) => feature.title)).toEqual(["A", "B"]);
    expect(problems).toEqual([
      { line, message: expect.stringContaining(words), remedy: expect.any(String) },
    ]);
  });

  it("takes what is odd in the front matter as it is", () => {
    const { front, problems } = scanRoadmap(
      "---\nproject: x\nversion: 1.1.0\nlast_synced: 2026-08-01 (by hand)\ncreated: '2026-05-01' # day\nlist:\n- a\nmore:\n  b: c\n---\n",
      "r.md",
    );
    expect(front.created).toBe("2026-05-01");
    expect(problems).toEqual([]);
  });

  it("reads after a change what it would read without having read before", () => {
    fc.assert(
      fc.property(
        roadmapTexts,
        fc.array(fc.tuple(fc.nat(), fc.nat(60), roadmapTexts)),
        (text, edits) => {
          let scan = scanRoadmap(text, "r.md");
          for (const [at, length, insertion] of edits) {
            const from = at % (scan.text.length + 1);
            const next =
              scan.text.slice(0, from) +
              insertion.slice(0, length) +
              scan.text.slice(from + length);
            const { text: _, ...fresh } = scanRoadmap(next, "r.md");
            const { text: __, ...reused } = scanRoadmap(next, "r.md", scan);
            expect(reused).toEqual(fresh);
            scan = scanRoadmap(next, "r.md", scan);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("reads only the neighbourhood of a change: the other features stay the same objects", () => {
    const text = Array.from({ length: 10_000 }, (_, n) => `### F ${n}\n\n- **Status:** planned\n`);
    const before = scanRoadmap(text.join("\n"), "r.md");
    text[5000] = "### F 5000\n\n- **Status:** done\n- **Summary:** More\n  than before\n";
    const after = scanRoadmap(text.join("\n"), "r.md", before);
    const known = new Set(before.features.map(({ feature }) => feature));
    const fresh = after.features.filter(({ feature }) => !known.has(feature));
    expect(after.features).toHaveLength(10_000);
    expect(fresh.length).toBeLessThanOrEqual(3);
  });
});
