import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { brief } from "./__fixtures__/check-document.ts";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { loadWorkflowConfig, validateWorkflow } from "./validate-workflow.ts";

const environment = { PROMPTS: "~/prompts", HOME: "/nowhere" };
const keys = "tracker: { kind: roadmap }\nagent: { max_turns: 3 }\n";

function promptOf(files: Readonly<Record<string, string>>, name: string) {
  return loadWorkflowConfig(join(temporaryFolder(files), name), { environment }).prompt;
}

function problemsOf(files: Readonly<Record<string, string>>, name = "workflow.yaml") {
  const folder = temporaryFolder(files);
  mkdirSync(join(folder, "folder"));
  return validateWorkflow(join(folder, name), { environment }).problems;
}

describe("the prompt of a workflow file", () => {
  it("R-137 workflow.yaml with prompt or prompt_file is equal to WORKFLOW.md", () => {
    const folder = temporaryFolder({
      "WORKFLOW.md": `---\n${keys}---\n\nFix it.\n\nThen stop.\n`,
      "block.yaml": `${keys}prompt: |\n\n  Fix it.\n\n  Then stop.\n`,
      "file.yaml": `${keys}prompt_file: text/prompt.md\n`,
      "text/prompt.md": "\nFix it.\n\nThen stop.\n",
    });
    const read = (name: string) => {
      const {
        raw: _,
        source: __,
        stateDir: ___,
        prompt,
        workspace,
        ...config
      } = loadWorkflowConfig(join(folder, name), { environment, stateDir: "/state" });
      return { ...config, workspace, template: prompt.template };
    };
    expect(read("WORKFLOW.md").template).toBe("Fix it.\n\nThen stop.");
    expect(read("block.yaml")).toEqual(read("WORKFLOW.md"));
    expect(read("file.yaml")).toEqual(read("WORKFLOW.md"));
  });

  it.each([
    ["a block", "prompt: |\n\n    Fix it.\n    Now.\n", { line: 5, indent: 4 }],
    ["a folded block", "prompt: >-\n  Fix it.\n", { line: 4, indent: 2 }],
    ["plain text", "prompt: Fix it.\n", { line: 3, indent: 8 }],
    ["a quoted text", 'prompt: "Fix it."\n', { line: 3, indent: 9 }],
  ])("knows where the prompt stands in YAML: %s", (_, yaml, place) => {
    expect(promptOf({ "w.yaml": keys + yaml }, "w.yaml")).toMatchObject(place);
  });

  it("says that a prompt_file holds the prompt", () => {
    const folder = temporaryFolder({ "w.yaml": `${keys}prompt_file: p.md`, "p.md": "\n\nFix it." });
    const { prompt } = loadWorkflowConfig(join(folder, "w.yaml"), { environment });
    expect(prompt).toEqual({ template: "Fix it.", path: join(folder, "p.md"), line: 3 });
  });

  it("R-128 a blank body is an empty template; a prompt_file that cannot be read is an error", () => {
    expect(promptOf({ "W.md": `---\n${keys}---\n \n` }, "W.md").template).toBe("");
    expect(promptOf({ "w.yaml": `${keys}prompt: ""\n` }, "w.yaml").template).toBe("");
    for (const file of ["missing.md", "folder", "$PROMPTS/x", "$PROMPTS"]) {
      expect(brief(problemsOf({ "workflow.yaml": `${keys}prompt_file: ${file}\n` }))).toEqual([
        "error prompt_file prompt_file",
      ]);
    }
  });

  it("two prompts are an error", () => {
    const both = { "workflow.yaml": `${keys}prompt: a\nprompt_file: p.md\n`, "p.md": "x" };
    expect(brief(problemsOf(both))).toEqual(["error both_places prompt"]);
    const body = { "W.md": `---\n${keys}prompt: a\n---\nb` };
    expect(brief(problemsOf(body, "W.md"))).toEqual(["error both_places prompt"]);
    const file = { "W.md": `---\n${keys}promptFile: p.md\n---\nb`, "p.md": "x" };
    expect(brief(problemsOf(file, "W.md"))).toEqual(["error both_places promptFile"]);
  });
});
