import * as fc from "fast-check";

const titles = fc.constantFrom("Alpha", "Beta: one, two", "監視 🌊", "Gamma");
const values = fc.constantFrom(
  "planned",
  "PLANNED",
  "in progress — half, see #4",
  "done (late)",
  "decision pending",
  "—",
  "",
  "needs_human  ",
  "backlog <!-- kept -->",
  "blocked\n  by a\n\tlong story",
);
const lines = fc.oneof(
  { weight: 5, arbitrary: titles.map((title) => `### ${title}`) },
  { weight: 1, arbitrary: titles.map((title) => `### Feature: ${title} ###`) },
  { weight: 2, arbitrary: titles.map((title) => `## Milestone: ${title}`) },
  { weight: 6, arbitrary: values.map((value) => `- **Status:** ${value}`) },
  { weight: 2, arbitrary: titles.map((title) => `- **Blocked by:** ${title}, Beta: one, two`) },
  { weight: 2, arbitrary: fc.constant("- **Summary:** words\n  that go on\n\n  - and on") },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "",
      "prose *as it is*",
      "```",
      "```js",
      "~~~~",
      "  ```",
      "<!-- a",
      "-->",
      "<!-- b -->",
      "  ### indented",
      "---",
      "# Title",
      "## Assignment History",
      "###",
      "- **External-ID:** x#1",
      "\u00a0",
    ),
  },
);

/** Roadmaps as they should not be: any lines in any order, any line break, with or without a byte order mark. */
export const roadmapTexts: fc.Arbitrary<string> = fc
  .record({
    front: fc.constantFrom("", "\uFEFF", "---\nproject: x\n---\n", "\uFEFF---\ncreated: 2026-05-01\n"),
    body: fc.array(lines, { maxLength: 40 }),
    newline: fc.constantFrom("\n", "\r\n"),
    end: fc.boolean(),
  })
  .map(({ front, body, newline, end }) =>
    (front + body.join("\n") + (end ? "\n" : "")).replaceAll("\n", newline),
  );
