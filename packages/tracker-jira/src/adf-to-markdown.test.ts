import { array, assert, constantFrom, integer, object, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { adfToMarkdown } from "./adf-to-markdown.ts";

const text = (written: string, ...marks: unknown[]): unknown => ({
  type: "text",
  text: written,
  ...(marks.length === 0 ? {} : { marks }),
});
const paragraph = (...content: unknown[]): unknown => ({ type: "paragraph", content });
const item = (...content: unknown[]): unknown => ({ type: "listItem", content });
const row = (...cells: string[]): unknown => ({
  type: "tableRow",
  content: cells.map((cell) => ({ type: "tableCell", content: [paragraph(text(cell))] })),
});
/** A row of 3,000 cells, and 3,000 rows of one. */
const broad = [
  row(...Array.from({ length: 3_000 }, () => "a")),
  ...Array.from({ length: 3_000 }, () => row("a")),
];
const doc = (...content: unknown[]): unknown => ({ version: 1, type: "doc", content });

describe("a document of Cloud as Markdown", () => {
  it.each<[string, unknown, string]>([
    ["paragraphs", [paragraph(text("One")), paragraph(), paragraph(text("Two"))], "One\n\nTwo"],
    ["a break", [paragraph(text("a"), { type: "hardBreak" }, text("b"))], "a\nb"],
    ["headings", [{ type: "heading", attrs: { level: 3 }, content: [text("H")] }], "### H"],
    [
      "marks",
      [
        paragraph(
          text("bold ", { type: "strong" }),
          text("it", { type: "em" }, { type: "strong" }),
          text("gone", { type: "strike" }),
          text("a`b", { type: "code" }),
          text("red", { type: "textColor", attrs: { color: "#f00" } }),
        ),
      ],
      "**bold** ***it***~~gone~~``a`b``red",
    ],
    [
      "links",
      [
        paragraph(
          text("page", { type: "link", attrs: { href: "https://x.example/a b" } }),
          text("https://y.example", { type: "link", attrs: { href: "https://y.example" } }),
        ),
      ],
      "[page](<https://x.example/a b>)<https://y.example>",
    ],
    [
      "lists in lists",
      [
        {
          type: "orderedList",
          attrs: { order: 3 },
          content: [
            item(paragraph(text("a")), {
              type: "bulletList",
              content: [item(paragraph(text("b")))],
            }),
            item(paragraph(text("c"))),
          ],
        },
      ],
      "3. a\n   - b\n4. c",
    ],
    [
      "tasks and decisions",
      [
        {
          type: "taskList",
          content: [
            { type: "taskItem", attrs: { state: "DONE" }, content: [text("did")] },
            { type: "taskItem", attrs: { state: "TODO" }, content: [text("do")] },
            { type: "taskList", content: [{ type: "taskItem", content: [text("in")] }] },
          ],
        },
        { type: "decisionList", content: [{ type: "decisionItem", content: [text("so")] }] },
      ],
      "- [x] did\n- [ ] do\n  - [ ] in\n\n- so",
    ],
    [
      "code, whatever is in it",
      [{ type: "codeBlock", attrs: { language: "ts" }, content: [text("```\nx", { type: "em" })] }],
      "````ts\n```\nx\n````",
    ],
    [
      "quotes and panels",
      [
        { type: "blockquote", content: [paragraph(text("q")), paragraph(text("r"))] },
        { type: "panel", attrs: { panelType: "warning" }, content: [paragraph(text("care"))] },
      ],
      "> q\n>\n> r\n\n> **warning**\n>\n> care",
    ],
    ["a rule", [paragraph(text("a")), { type: "rule" }], "a\n\n---"],
    [
      "tables",
      [
        {
          type: "table",
          content: [
            {
              type: "tableRow",
              content: [
                { type: "tableHeader", content: [paragraph(text("A|B"))] },
                { type: "tableHeader", content: [paragraph(text("C"))] },
              ],
            },
            {
              type: "tableRow",
              content: [
                { type: "tableCell", content: [paragraph(text("1")), paragraph(text("2"))] },
              ],
            },
          ],
        },
      ],
      "| A\\|B | C |\n| --- | --- |\n| 1<br>2 |",
    ],
    [
      "people, days, states, cards and attachments",
      [
        paragraph(
          { type: "mention", attrs: { id: "5b10", text: "@Ada" } },
          { type: "emoji", attrs: { shortName: ":wave:", text: "👋" } },
          { type: "emoji", attrs: { shortName: ":own:" } },
          { type: "date", attrs: { timestamp: "1582152559000" } },
          { type: "status", attrs: { text: "BLOCKED" } },
          { type: "inlineCard", attrs: { url: "https://x.example" } },
          { type: "mediaInline", attrs: { id: "1" } },
        ),
        { type: "mediaSingle", content: [{ type: "media", attrs: { id: "1", alt: "chart.png" } }] },
        {
          type: "mediaGroup",
          content: [{ type: "media", attrs: { type: "external", url: "https://x.example/1" } }],
        },
        { type: "blockCard", attrs: { url: "https://z.example" } },
      ],
      "@Ada👋:own:2020-02-19[BLOCKED]<https://x.example>[attachment]\n\n[attachment: chart.png]\n\n![](<https://x.example/1>)\n\n<https://z.example>",
    ],
    [
      "what folds, and columns",
      [
        { type: "expand", attrs: { title: "More" }, content: [paragraph(text("in"))] },
        {
          type: "layoutSection",
          content: [
            { type: "layoutColumn", content: [paragraph(text("l"))] },
            { type: "layoutColumn", content: [paragraph(text("r"))] },
          ],
        },
        { type: "bodiedExtension", attrs: { extensionKey: "x" }, content: [paragraph(text("e"))] },
      ],
      "**More**\n\nin\n\nl\n\nr\n\ne",
    ],
    [
      "nodes that nobody knows, by their text",
      [
        {
          type: "newBlock",
          content: [paragraph(text("kept")), { type: "newInline", attrs: { text: "too" } }],
        },
        { type: "extension", attrs: { text: "a macro" } },
        { type: "newEmpty" },
        text("bare"),
        text(" text"),
      ],
      "kept\n\ntoo\n\na macro\n\nbare text",
    ],
    ["emoji and right-to-left text", [paragraph(text("🌊 مد وجزر"))], "🌊 مد وجزر"],
  ])("has %s", (_, content, markdown) => {
    expect(adfToMarkdown(doc(...(content as unknown[])))).toBe(markdown);
  });

  it("what is no document gives nothing, and never an error", () => {
    for (const value of [null, 5, [], {}, { type: "doc" }, { content: "x" }, doc(null, 7, [[]])]) {
      expect(adfToMarkdown(value)).toBe("");
    }
    const anything = object({
      key: constantFrom("type", "content", "attrs", "marks", "text", "level", "order", "href"),
      values: [
        string(),
        integer(),
        constantFrom("doc", "table", "listItem", "text", "date", "bulletList", "heading", "link"),
      ],
      maxDepth: 6,
    });
    assert(
      property(array(anything), (content) => {
        expect(typeof adfToMarkdown(doc(...content))).toBe("string");
      }),
    );
  });

  it.each<[string, unknown, number]>([
    ["blanks in a line", paragraph(text(`x${" ".repeat(60_000)}x`)), 60_002],
    ["blanks at the end of lines", paragraph(text(`${" ".repeat(60_000)}\nx`.repeat(3))), 60_005],
    ["backticks", paragraph(text("` ".repeat(300_000), { type: "code" })), 600_010],
    ["fences", { type: "codeBlock", content: [text("``` ".repeat(150_000))] }, 600_009],
    [
      "rows",
      { type: "table", content: Array.from({ length: 150_000 }, () => ({ content: [{}] })) },
      900_100,
    ],
    ["a broad table that is long", { type: "table", content: broad }, 60_000],
  ])("ends soon, and gives no more than there is: %s", (_, content, most) => {
    const startedAt = performance.now();
    expect(adfToMarkdown(doc(content)).length).toBeLessThanOrEqual(most);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it("is cut where it is deeper than any editor goes", () => {
    let deep: unknown = paragraph(text("deep"));
    for (let depth = 0; depth < 50_000; depth += 1) deep = { type: "blockquote", content: [deep] };
    expect(adfToMarkdown(doc(paragraph(text("top")), deep))).toMatch(/^top/);
  });
});
