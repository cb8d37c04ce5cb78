import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { trackerAliases } from "./aliases.ts";
import { keyTree } from "./key-tree.ts";
import type { KeyNode, KeyTree } from "./key-tree.ts";
import { loadWorkflowConfig, validateWorkflow } from "./validate-workflow.ts";

const text = readFileSync(join(import.meta.dirname, "../../../docs/workflow-file.md"), "utf8");

const examples = [...text.matchAll(/^```(markdown|yaml)\n([^]*?)^```$/gm)].map(
  ([, language = "", content = ""]) => ({
    name: language === "yaml" ? "workflow.yaml" : "WORKFLOW.md",
    content,
  }),
);

/** The third cell of each row of five whose first one is a key. */
const documentedDefaults = new Map(
  text
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter((cells) => cells.length === 7 && cells[1]?.startsWith("`"))
    .map((cells) => [cells[1]?.slice(1, -1) ?? "", cells[3] ?? ""] as const),
);

function leaves(tree: KeyTree, above = ""): readonly (readonly [string, KeyNode])[] {
  return [...tree].flatMap(([key, node]) =>
    node.keys === null ? [[`${above}${key}`, node] as const] : leaves(node.keys, `${above}${key}.`),
  );
}

describe("docs/workflow-file.md", () => {
  it("R-109 has a row for every key, with the default that the code has, and for no other", () => {
    const keys = leaves(keyTree);
    expect([...documentedDefaults.keys()].toSorted()).toEqual(keys.map(([key]) => key).toSorted());
    for (const [key, node] of keys) {
      if (node.default === undefined) continue;
      expect(documentedDefaults.get(key), key).toBe(`\`${documented(node.default)}\``);
    }
    const computed = keys.filter(([, node]) => node.default === undefined).map(([key]) => key);
    expect(computed.filter((key) => !/\w/.test(documentedDefaults.get(key) ?? ""))).toEqual([]);
  });

  it.each(examples)("has examples that are valid: $name $content", ({ name, content }) => {
    const path = join(temporaryFolder({ [name]: content }), name);
    const { config, problems } = validateWorkflow(path, { environment: { LINEAR_API_KEY: "x" } });
    expect(config).not.toBeNull();
    expect(problems.filter(({ key }) => key !== "workspace_note")).toEqual([]);
  });

  it("R-137 has the same workflow in both forms", () => {
    const [markdown, yaml] = examples;
    const folder = temporaryFolder({
      "a.md": markdown?.content ?? "",
      "b.yaml": yaml?.content ?? "",
    });
    const read = (name: string) => {
      const {
        raw: _,
        source: __,
        stateDir: ___,
        prompt,
        ...config
      } = loadWorkflowConfig(join(folder, name), { environment: {}, stateDir: "/state" });
      return { ...config, template: prompt.template };
    };
    expect(read("a.md")).toEqual(read("b.yaml"));
  });

  it("R-133 names every flat tracker option", () => {
    const [, list = ""] = /\*\*Flat tracker options\.\*\* (.*?) directly below/.exec(text) ?? [];
    const named = [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect(named).toEqual([...trackerAliases]);
  });

  it("shows an error as it is really reported", () => {
    const shown = /^```text\n\/repo\/WORKFLOW\.md(.+)\n {2}→ (.+)\n```$/m.exec(text);
    const [, line, remedy] = shown ?? [];
    const content = "---\ntracker: { kind: roadmap }\npolling: { interval_ms: 0 }\n---\n";
    const path = join(temporaryFolder({ "WORKFLOW.md": content }), "WORKFLOW.md");
    expect(() => loadWorkflowConfig(path, { environment: {} })).toThrow(
      expect.objectContaining({ message: `${path}${line}`, remedy }),
    );
  });
});

function documented(value: unknown) {
  return typeof value === "string" ? value : JSON.stringify(value);
}
