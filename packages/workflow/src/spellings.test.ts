import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { brief, check, load } from "./__fixtures__/check-document.ts";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { keyTree } from "./key-tree.ts";
import type { KeyTree } from "./key-tree.ts";
import { toSnakeCase } from "./snake-case.ts";
import { loadWorkflowConfig } from "./validate-workflow.ts";

const environment = { HOME: "/home/somebody" };
const tracker = { kind: "roadmap" };

function toCamelCase(key: string) {
  return key.replaceAll(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}

/** Every key, as the list of section names that leads to it. */
function paths(tree: KeyTree, above: readonly string[] = []): readonly (readonly string[])[] {
  return [...tree].flatMap(([key, { keys }]) => {
    const path = [...above, key];
    return [path, ...(keys === null ? [] : paths(keys, path))];
  });
}

function nest(path: readonly string[], section: JsonObject) {
  return path.reduceRight<JsonObject>((inner, name) => ({ [name]: inner }), section);
}

describe("spellings of keys", () => {
  it("R-133 flat tracker options are the same as options of the provider", () => {
    const path = join(import.meta.dirname, "__fixtures__/WORKFLOW-flat.md");
    const config = loadWorkflowConfig(path, {
      environment: { ...environment, LINEAR_API_KEY: "x" },
    });
    expect(config.tracker.provider).toEqual({
      api_key: "$LINEAR_API_KEY",
      project_slug: "tide-tables-0a1b2c",
    });
    expect(config.agent.backend).toBe("codex");
    expect(config.backends["codex"]).toMatchObject({ approval_policy: "never" });
    const flat = { apiKey: "k", endpoint: "e", assignee: "me", repo: "r", token: "t" };
    expect(load({ tracker: { ...tracker, ...flat } }).tracker.provider).toEqual({
      api_key: "k",
      endpoint: "e",
      assignee: "me",
      repo: "r",
      token: "t",
    });
  });

  it("R-133 an option in both places is an error", () => {
    const both = { ...tracker, api_key: "a", provider: { apiKey: "b" } };
    expect(brief(check({ tracker: both }).problems)).toEqual(["error both_places tracker.api_key"]);
    const codex = { tracker, codex: {}, backends: { codex: {} } };
    expect(brief(check(codex).problems)).toEqual(["error both_places codex"]);
  });

  it("R-136 the camelCase sample reads like its snake_case twin", () => {
    const text = readFileSync(join(import.meta.dirname, "__fixtures__/WORKFLOW-camel.md"), "utf8");
    const folder = temporaryFolder({
      "camel.md": text,
      "snake.md": text.replace(/^---[^]*\n---/, (matter) => toSnakeCase(matter)),
    });
    const read = (name: string) => {
      const {
        raw: _,
        source: __,
        prompt,
        stateDir: ___,
        ...config
      } = loadWorkflowConfig(join(folder, name), { environment });
      return { ...config, template: prompt.template };
    };
    expect(read("camel.md")).toEqual(read("snake.md"));
    expect(read("camel.md").agent).toMatchObject({ maxConcurrentAgents: 2, maxTurns: 10 });
  });

  it("R-136 every key has a camelCase spelling, and both at once are an error", () => {
    for (const path of paths(keyTree)) {
      const [key = "", ...above] = path.toReversed();
      const section = above.toReversed();
      const spelling = toCamelCase(key);
      const { problems } = check(nest(section, { [spelling]: null }));
      expect(brief(problems.filter(({ code }) => code === "unknown_key"))).toEqual([]);
      const both = check(nest(section, { [key]: null, [spelling]: null })).problems;
      expect(
        both.filter(({ code }) => code === "both_spellings").map((problem) => problem.key),
      ).toEqual(spelling === key ? [] : [[...section, spelling].join(".")]);
    }
    const flat = check({ tracker: { ...tracker, api_key: "a", apiKey: "b" } }).problems;
    expect(brief(flat)).toEqual(["error both_spellings tracker.apiKey"]);
  });
});
