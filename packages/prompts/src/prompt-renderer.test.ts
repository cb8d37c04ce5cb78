import { describe, expect, it } from "vitest";
import { sampleIssue, variables } from "./__fixtures__/sample-order.ts";
import { checkTemplate } from "./check-template.ts";
import { PromptRenderer } from "./prompt-renderer.ts";
import type { PromptVariables } from "./prompt-variables.ts";
import { promptVariableNames } from "./prompt-variables.ts";

function rendererOf(template: string) {
  return new PromptRenderer({ template, path: "/w/WORKFLOW.md", line: 10 });
}

async function render(template: string, given: PromptVariables = variables()) {
  return rendererOf(template).render(given);
}

describe("PromptRenderer", () => {
  it("R-123 renders every issue field and attempt, which is null on the first run", async () => {
    const prompt = await render(
      `{{ issue.id }}|{{ issue.identifier }}|{{ issue.title }}|{{ issue.description }}|{{ issue.state }}|{{ issue.state_kind }}|{{ issue.priority }}|{{ issue.labels | join: "," }}|{{ issue.blocked_by | map: "identifier" | join: "," }}|{{ issue.assignee }}|{{ issue.branch_name }}|{{ issue.url }}|{{ issue.created_at }}|{{ issue.updated_at }}|{{ issue.not_dispatchable }}|{{ issue.native_ref.number }}|{{ workspace.path }}|{{ workspace.branch }}|{{ run.id }}`,
    );
    expect(prompt).toBe(
      "id-7|TIDE-7|Predict heights|For a station.|In Progress|started|2|core,math|TIDE-1,a decision|example|tide-7|https://tracker.example/TIDE-7|2026-05-01T08:00:00.000Z|2026-05-02T08:00:00+02:00||7|/workspaces/tide-7|signalbox/tide-7|run-3",
    );
    const attempt =
      "{% if attempt == nil %}first{% else %}{{ attempt }} {{ retry_kind }}{% endif %}";
    expect(await render(attempt)).toBe("first");
    expect(await render(attempt, variables({ attempt: 2, retryKind: "failure" }))).toBe(
      "2 failure",
    );
  });

  it("R-123 has exactly the documented names, and one for every field of an issue", () => {
    const { issue, workspace, run, ...plain } = variables();
    const names = [
      ...Object.keys(issue).map((key) => `issue.${key}`),
      ...Object.keys(plain),
      ...Object.keys(workspace).map((key) => `workspace.${key}`),
      ...Object.keys(run).map((key) => `run.${key}`),
    ];
    expect(promptVariableNames.toSorted()).toEqual(names.toSorted());
    expect(Object.keys(issue)).toHaveLength(Object.keys(sampleIssue).length);
  });

  it.each([
    ["{{ isue.title }}", "isue.title", "10:4", "Did you mean issue.title?"],
    ["Hello\n  {{ issue.titel }}", "issue.titel", "11:6", "Did you mean issue.title?"],
    ["{{ issue.blockedBy }}", "issue.blockedBy", "10:4", "Did you mean issue.blocked_by?"],
    ["{{ title }}", "title", "10:4", "Did you mean issue.title?"],
    ["{% if attempt %}\n{{ attemt }}{% endif %}", "attemt", "11:4", "Did you mean attempt?"],
    [
      "{% for x in issue.label %}{% endfor %}",
      "issue.label",
      "10:13",
      "Did you mean issue.labels?",
    ],
    ["{{ issue.title | append: runid }}", "runid", "10:26", "Did you mean run.id?"],
    ["{{ issue.missing | default: 'x' }}", "issue.missing", "10:4", "Use one of issue.id, "],
  ])(
    "R-124 R-135 an unknown variable fails the render with its place and the nearest one: %s",
    async (template, name, place, remedy) => {
      const renderer = rendererOf(template);
      const expected = {
        code: "template_render_error",
        message: `/w/WORKFLOW.md:${place}: there is no variable ${name}`,
        remedy: expect.stringContaining(remedy),
      };
      await expect(renderer.render(variables())).rejects.toMatchObject(expected);
      expect(() => renderer.check()).toThrow(expect.objectContaining(expected));
    },
  );

  it("R-124 an unknown field of a loop's item fails the render", async () => {
    await expect(
      render("{% for blocker in issue.blocked_by %}{{ blocker.identifer }}{% endfor %}"),
    ).rejects.toMatchObject({
      code: "template_render_error",
      message: expect.stringContaining("WORKFLOW.md:10:41"),
    });
  });

  it("R-125 an unknown filter is an error that names the nearest one", () => {
    expect(() => rendererOf("\n{{ issue.title | upcas }}")).toThrow(
      expect.objectContaining({
        code: "template_parse_error",
        message: "/w/WORKFLOW.md:11:1: undefined filter: upcas",
        remedy: "Did you mean upcase?",
      }),
    );
  });

  it("R-126 labels and blockers can be iterated", async () => {
    const template =
      "{% for label in issue.labels %}<{{ label }}>{% endfor %}{% for b in issue.blocked_by %}[{{ b.identifier }}:{{ b.state | default: '?' }}]{% endfor %}";
    expect(await render(template)).toBe("<core><math>[TIDE-1:Done][a decision:?]");
    expect(await render(template, variables({}, { labels: [], blockedBy: [] }))).toBe("");
  });

  it("R-127 a failed render leaves the renderer usable for the next run", async () => {
    const renderer = rendererOf("{{ issue.native_ref.url }}");
    await expect(renderer.render(variables())).rejects.toMatchObject({
      code: "template_render_error",
    });
    expect(await renderer.render(variables({}, { nativeRef: { url: "here" } }))).toBe("here");
  });

  it("R-134 dates are ISO 8601 text, and can be formatted", async () => {
    expect(await render("{{ issue.created_at }}")).toBe("2026-05-01T08:00:00.000Z");
    expect(await render("{{ issue.created_at | date: '%Y' }}")).toBe("2026");
  });

  it.each([
    ["{% if issue.title %}", "10:1: tag {% if issue.title %} not closed"],
    ["a\n{{ issue.title", '11:1: output "{{ issue.title" not closed'],
    ["{% shout %}", '10:1: tag "shout" not found'],
    ["{% include 'other.md' %}", '10:1: tag "include" not found'],
    ["{% render '/etc/passwd' %}", '10:1: tag "render" not found'],
    ["{% layout 'x' %}", '10:1: tag "layout" not found'],
  ])("R-135 a template error names line and column of the workflow file: %s", (template, text) => {
    expect(() => rendererOf(template)).toThrow(
      expect.objectContaining({
        code: "template_parse_error",
        message: `/w/WORKFLOW.md:${text}`,
        remedy: "Correct the template here.",
      }),
    );
  });

  it("R-135 columns count the indentation of a YAML block", () => {
    expect(
      () => new PromptRenderer({ template: "a {% x %}", path: "w.yaml", line: 4, indent: 2 }),
    ).toThrow("w.yaml:4:5: ");
  });

  it("R-135 a check finds the same without a run, as a problem of the file", () => {
    const source = {
      template: "{% if attempt %}\n {{ attemt }}{% endif %}",
      path: "w.md",
      line: 3,
    };
    expect(checkTemplate(source)).toEqual({
      severity: "error",
      code: "template_render_error",
      message: "there is no variable attemt.",
      remedy: "Did you mean attempt?",
      path: "w.md",
      line: 4,
      column: 5,
      key: null,
    });
    expect(checkTemplate({ ...source, template: "{{ .Go }}" })?.code).toBe("template_dialect");
    expect(checkTemplate({ ...source, template: "{% if %}" })?.code).toBe("template_parse_error");
    expect(checkTemplate({ ...source, template: "" })).toBeNull();
  });

  it("a template cannot run, grow or write without end", async () => {
    const loop = "{% for i in (1..100000) %}{% for j in (1..100000) %}x{% endfor %}{% endfor %}";
    await expect(render(loop)).rejects.toMatchObject({ code: "template_render_error" });
    const range = "{% for i in (1..100000000) %}x{% endfor %}";
    await expect(render(range)).rejects.toMatchObject({ code: "template_render_error" });
    const long = variables({}, { description: "x".repeat(1_000_001) });
    await expect(render("{{ issue.description }}", long)).rejects.toMatchObject({
      code: "template_render_error",
      message: expect.stringContaining("1000001 characters"),
      remedy: expect.stringContaining("truncate"),
    });
  });

  it("issue text is never read as a template", async () => {
    const title = "{{ run.id }}{% raw %}{{{#if";
    expect(await render("{{ issue.title }}", variables({}, { title }))).toBe(title);
  });

  it("feedback is added where the template does not use it", async () => {
    const given = variables({ feedback: "CONFLICT in a.txt" });
    expect(await render("Fix it.", given)).toBe(
      "Fix it.\n\nWhat came back from the last run:\n\n```\nCONFLICT in a.txt\n```",
    );
    expect(await render("{% if feedback %}<{{ feedback }}>{% endif %}", given)).toBe(
      "<CONFLICT in a.txt>",
    );
    expect(await render("Fix it.")).toBe("Fix it.");
  });
});
