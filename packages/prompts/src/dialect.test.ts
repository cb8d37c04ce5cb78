import { describe, expect, it } from "vitest";
import { PromptRenderer } from "./prompt-renderer.ts";

function parse(template: string) {
  return new PromptRenderer({ template, path: "WORKFLOW.md", line: 5 });
}

describe("template dialects", () => {
  it.each([
    ["{{ .Issue.Title }}", "a Go template"],
    ["{{.}}", "a Go template"],
    ["{{- range .Labels -}}{{ . }}{{ end }}", "a Go template"],
    ["{{ if eq .Attempt 1 }}x{{ end }}", "a Go template"],
    ["{{ $x := 1 }}", "a Go template"],
    ["{{#if issue.title}}x{{/if}}", "Handlebars"],
    ["{{#each issue.labels}}{{this}}{{/each}}", "Handlebars"],
    ["{{> header}}", "Handlebars"],
    ["{{! a comment }}", "Handlebars"],
    ["{{{ issue.title }}}", "Handlebars"],
    ["{{^issue}}{{/issue}}", "Handlebars"],
  ])("R-138 %s is refused by name", (template, dialect) => {
    expect(() => parse(`One\n  ${template}`)).toThrow(
      expect.objectContaining({
        code: "template_dialect",
        message: expect.stringMatching(new RegExp(`^WORKFLOW\\.md:6:3: .*${dialect}.*Liquid`)),
        remedy: expect.stringContaining("{{ issue.title }}"),
      }),
    );
  });

  it.each([
    "{{ issue.title }} {{- issue.state -}} {% if attempt %}{{ attempt }}{% else %}1{% endif %}",
    "{% raw %}{{#if x}} {{ .Go }}{% endraw %}",
    "{% comment %}{{ .Old }}{% endcomment %}",
    '{% assign template = "x" %}{{ template }}{{ template | upcase }}',
    "{ {{ issue.title }} } and $HOME and <% code %>",
    "{%- for label in issue.labels -%}{{ label }}{%- endfor -%}",
  ])("R-138 Liquid is left alone: %s", (template) => {
    expect(parse(template)).toBeInstanceOf(PromptRenderer);
  });
});
