import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

const tables = [
  { file: "event.ts", tag: "type", section: "Inputs" },
  { file: "decided-event.ts", tag: "type", section: "Decided facts" },
  { file: "effect.ts", tag: "type", section: "Effects" },
  { file: "order.ts", tag: "kind", section: "Orders" },
];

/** Each variant of a union with the names of its fields, nested ones included. */
function variantsOf(
  source: string,
  tag: string,
): readonly (readonly [string, readonly string[]])[] {
  return source
    .split(`readonly ${tag}: "`)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('"')), fieldsOf(text)]);
}

/** The fields up to the next declaration. */
function fieldsOf(text: string): readonly string[] {
  const [declaration = ""] = text.split("\nexport ");
  return [...declaration.matchAll(/readonly (\w+)\??:/g)]
    .map((match) => match[1] ?? "")
    .filter((field) => field !== "at" && field !== "type");
}

function rowsOf(document: string, section: string): ReadonlyMap<string, string> {
  const [, after = ""] = document.split(`\n## ${section}\n`);
  const [text = ""] = after.split("\n## ");
  return new Map(
    [...text.matchAll(/^\| `([\w-]+)`.*$/gm)].map((match) => [match[1] ?? "", match[0]]),
  );
}

describe("docs/events.md", () => {
  it.each(tables)("has every variant of $file with every field, and no other", async (table) => {
    const source = await readFile(new URL(table.file, import.meta.url), "utf8");
    const document = await readFile(new URL("../../../docs/events.md", import.meta.url), "utf8");
    const rows = rowsOf(document, table.section);
    const variants = variantsOf(source, table.tag);
    expect([...rows.keys()]).toEqual(variants.map(([name]) => name));
    const missing = variants.flatMap(([name, fields]) =>
      fields
        .filter((field) => !rows.get(name)?.includes(`\`${field}\``))
        .map((field) => `${name}.${field}`),
    );
    expect(missing).toEqual([]);
  });

  it("has every field of a comment", async () => {
    const source = await readFile(new URL("order.ts", import.meta.url), "utf8");
    const document = await readFile(new URL("../../../docs/events.md", import.meta.url), "utf8");
    const [, facts = ""] = source.split("export interface CommentFacts");
    const row = rowsOf(document, "Orders").get("write-comment");
    expect(fieldsOf(facts).filter((field) => !row?.includes(`\`${field}\``))).toEqual([]);
  });
});
