import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { inspectWorkflow } from "./inspect-workflow.ts";
import { loadWorkflowConfig, validateWorkflow } from "./validate-workflow.ts";

function load(content: string | Uint8Array, name = "WORKFLOW.md") {
  return loadWorkflowConfig(join(temporaryFolder({ [name]: content }), name), { environment: {} });
}

function thrown(content: string | Uint8Array, name?: string): SignalboxError {
  try {
    load(content, name);
  } catch (error) {
    if (SignalboxError.isInstance(error)) return error;
  }
  throw new Error("Nothing was thrown.");
}

const tracker = "tracker: { kind: roadmap }";

describe("reading a workflow file", () => {
  it.each([
    ["duplicate key", "polling: {}\npolling: {}", ":3:1: Map keys must be unique. Keep one"],
    ["tab", "polling:\n\tinterval_ms: 1", ":3:1: Tabs are not allowed as indentation. Indent with"],
    ["unquoted @", "tracker:\n  kind: @me", ":3:9: Plain value cannot start with reserved"],
    ["unknown alias", "tracker: *nobody", ":2:1: Unresolved alias"],
    ["alias of itself", "tracker: &a [*a]", ":2:1: An alias contains itself."],
    ["infinity", "memory_reserve_mb: .inf", ":2:1: Infinity is not a number"],
    ["binary", "server: !!binary aGk=", ":2:1: A tag makes a value that JSON cannot hold."],
    ["two documents", "server: {}\n...\nother: {}", ":4:1: Source contains multiple documents"],
  ])("R-104 bad YAML (%s) is workflow_parse_error with file, line and column", (_, yaml, text) => {
    const error = thrown(`---\n${yaml}\n---\n`);
    expect(error).toMatchObject({ code: "workflow_parse_error" });
    expect(`${error.message} ${error.remedy}`).toContain(`WORKFLOW.md${text}`);
    expect(error.message).not.toContain(error.remedy);
  });

  it("R-104 aliases that would expand without end are refused quickly", () => {
    const levels = ["a: &a0 [x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < 12; level += 1) {
      const alias = `*a${level - 1}`;
      levels.push(`b${level}: &a${level} [${Array.from({ length: 9 }, () => alias).join(", ")}]`);
    }
    expect(thrown(levels.join("\n"), "workflow.yaml")).toMatchObject({
      code: "workflow_parse_error",
      message: expect.stringContaining("Excessive alias count"),
    });
    expect(thrown("[".repeat(100_000), "workflow.yaml")).toMatchObject({
      code: "workflow_parse_error",
    });
  });

  it.each(["- a\n- b", "just text", "42"])(
    "R-105 front matter that is %j is workflow_front_matter_not_a_map",
    (yaml) => {
      expect(thrown(`---\n${yaml}\n---\nbody`)).toMatchObject({
        code: "workflow_front_matter_not_a_map",
        message: expect.stringContaining("WORKFLOW.md:2:1"),
      });
      expect(thrown(yaml, "workflow.yaml")).toMatchObject({
        code: "workflow_front_matter_not_a_map",
      });
    },
  );

  it.each([
    ["R-106 no front matter", "Do it.\n\n---\nAll of it.\n", "Do it.\n\n---\nAll of it."],
    ["R-131 blank front matter", "---\n\n# a comment\n---\nDo it.", "Do it."],
    ["R-131 empty front matter", "---\n---\nDo it.", "Do it."],
  ])("%s is an empty config", (_, content, prompt) => {
    const path = join(temporaryFolder({ "WORKFLOW.md": content }), "WORKFLOW.md");
    const { problems } = validateWorkflow(path, { environment: {} });
    expect(problems.map(({ code, key }) => [code, key])).toEqual([["missing_key", "tracker.kind"]]);
    const withTracker = content.startsWith("---\n")
      ? content.replace("---\n", `---\n${tracker}\n`)
      : `---\n${tracker}\n---\n${content}`;
    expect(load(withTracker).prompt.template).toBe(prompt);
  });

  it("R-107 the prompt body is trimmed, and its line is that of the first text", () => {
    const { prompt } = load(`---\n${tracker}\n---\n\n \n  Do it.\n\n`);
    expect(prompt).toMatchObject({ template: "Do it.", line: 6 });
  });

  it("R-106 a file that is a prompt alone is told to have no front matter", () => {
    const folder = temporaryFolder({ "WORKFLOW.md": "Do it.\n" });
    const { config, problems } = validateWorkflow(join(folder, "WORKFLOW.md"));
    expect(config).toBeNull();
    expect(problems).toMatchObject([
      {
        code: "missing_key",
        key: "tracker.kind",
        message: expect.stringContaining("the file has no front matter"),
        remedy: expect.stringContaining("`---`"),
      },
    ]);
  });

  it("R-129 front matter without an end is a typed error", () => {
    expect(thrown("---\ntracker: {}\n")).toMatchObject({
      code: "workflow_unterminated_front_matter",
      message: expect.stringContaining("WORKFLOW.md:1:1"),
      remedy: expect.stringContaining("---"),
    });
  });

  it("R-130 CRLF and a byte order mark are read, and positions stay right", () => {
    const text = `\uFEFF---\r\n${tracker}\r\nhooks:\r\n  before_run: |\r\n    a\r\n    b\r\n---\r\n\r\nOne\r\nTwo\r\n`;
    const config = load(text);
    expect(config.hooks.beforeRun).toBe("a\nb\n");
    expect(config.prompt).toMatchObject({ template: "One\nTwo", line: 9 });
    expect(
      thrown(text.replace("before_run: |", "timeout_ms: x\r\n  before_run: |")),
    ).toHaveProperty(
      "message",
      expect.stringMatching(/WORKFLOW\.md:4:3: hooks\.timeout_ms must be/),
    );
  });

  it("refuses what is no text, too large or no regular file", () => {
    const unreadable = { code: "workflow_read_error" };
    expect(thrown(new Uint8Array([0x2d, 0xff, 0xfe]))).toMatchObject(unreadable);
    expect(thrown("a\0b")).toMatchObject(unreadable);
    expect(thrown("x".repeat(1024 * 1024 + 1))).toMatchObject(unreadable);
    const folder = temporaryFolder({});
    expect(() => loadWorkflowConfig(folder)).toThrow(expect.objectContaining(unreadable));
    execFileSync("mkfifo", [join(folder, "pipe.md")]);
    expect(() => loadWorkflowConfig(join(folder, "pipe.md"))).toThrow(
      expect.objectContaining(unreadable),
    );
    execFileSync("ln", ["-s", "loop.md", join(folder, "loop.md")]);
    expect(() => loadWorkflowConfig(join(folder, "loop.md"))).toThrow(
      expect.objectContaining(unreadable),
    );
  });

  it("names every error at once, those behind others too", () => {
    const error = thrown(
      "---\nagent: { max_turns: x }\npolling: { interval_ms: 0 }\nworkspace: { root: $NOWHERE }\n---\n",
    );
    expect(error).toMatchObject({ code: "workflow_invalid" });
    const lines = error instanceof Error ? error.message.split("\n") : [];
    expect(lines.map((line) => /: (\S+) (?:must|names|is)/.exec(line)?.[1])).toEqual([
      "agent.max_turns",
      "polling.interval_ms",
      "workspace.root",
      "tracker.kind",
    ]);
  });

  it("keeps a key that would reach into the prototype a plain key", () => {
    const path = join(
      temporaryFolder({ "w.yaml": `${tracker}\n__proto__: { polluted: 1 }\nconstructor: 1\n` }),
      "w.yaml",
    );
    const { config } = inspectWorkflow(path, { environment: {} });
    expect(config?.unknownKeys.map(({ key }) => key)).toEqual(["__proto__", "constructor"]);
    expect({}).not.toHaveProperty("polluted");
  });
});
