import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { adfProblems } from "./__fixtures__/described-adf.ts";
import { adfToMarkdown } from "./adf-to-markdown.ts";
import { markdownToAdf } from "./markdown-to-adf.ts";

describe("Markdown as a document of Cloud", () => {
  it.each([
    "One\n\nTwo",
    "### H",
    "**bold** and *it* and ~~gone~~ and `code`",
    "***both***",
    "[page](<https://x.example/a>) and <https://y.example/>",
    "- a\n- b\n  - c",
    "3. a\n   - b\n4. c",
    "```ts\nconst x = 1;\n\n\tx;\n```",
    "> q\n>\n> - r",
    "a\n\n---\n\nb",
    "| A | B |\n| --- | --- |\n| 1 | `2` |",
    "🌊 مد وجزر",
    "a & b < c",
  ])("%j comes back as it went", (markdown) => {
    const document = markdownToAdf(markdown);
    expect(adfProblems(document)).toEqual([]);
    expect(adfToMarkdown(document)).toBe(markdown);
  });

  it.each([
    ["# ", ""],
    ["", ""],
    ["- # head\n- - in", "- **head**\n- - in"],
    ["> # head\n> > in\n> ***\n> text", "> **head**\n>\n> in\n>\n> ---\n>\n> text"],
    [
      "- > quoted\n- | a | b |\n  | - | - |\n  | 1 | 2 |",
      "- quoted\n- ```\n  | a | b |\n  | - | - |\n  | 1 | 2 |\n  ```",
    ],
    ["- [x] did\n- [ ] do", "- ☑ did\n- ☐ do"],
    ["**`x` and [`y`](https://y.example/)**", "`x` **and** [`y`](<https://y.example/>)"],
    ["![chart](https://x.example/1.png)", "[chart](<https://x.example/1.png>)"],
    [
      "[no](javascript:alert(1)) [path](../x) [mail](mailto:a@b.example)",
      "no path [mail](<mailto:a@b.example>)",
    ],
    ["<b>raw</b> &amp; \\*", "<b>raw</b> & *"],
    ["[~admin] {macro} !x.png!", "[~admin] {macro} !x.png!"],
  ])("%j is made as near as the format allows: %j", (markdown, told) => {
    const document = markdownToAdf(markdown);
    expect(adfProblems(document)).toEqual([]);
    expect(adfToMarkdown(document)).toBe(told);
  });

  it("is allowed by the format, whatever an agent says", () => {
    const piece = constantFrom(
      "# ",
      "- ",
      "1. ",
      "> ",
      "- [ ] ",
      "```\n",
      "    ",
      "| a | b |\n| - | - |\n",
      "***",
      "**",
      "_",
      "~~",
      "`",
      "[x](",
      "](https://x.example)",
      "![",
      "<b>",
      "\n",
      "\n\n",
      "text",
      " ",
      "\\",
      "&amp;",
      "0. ",
      "🌊",
    );
    const markdown = array(oneof(piece, string({ maxLength: 6 })), { maxLength: 40 });
    assert(
      property(markdown, (pieces) => {
        expect(adfProblems(markdownToAdf(pieces.join("")))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("shows a table that would be many times its text as it was written", () => {
    const line = `${"|a".repeat(90)}|\n${"|-".repeat(90)}|\n`;
    const document = markdownToAdf(line + "|\n".repeat(400));
    expect(document.content.map(({ type }) => type)).toEqual(["codeBlock"]);
  });

  it("ends, however deep it is nested", () => {
    for (const markdown of [
      "> ".repeat(12_000),
      `${"- ".repeat(5_000)}x`,
      "[".repeat(20_000),
      "*".repeat(20_000),
    ]) {
      expect(adfProblems(markdownToAdf(`${markdown}x`))).toEqual([]);
    }
  }, 20_000);
});
