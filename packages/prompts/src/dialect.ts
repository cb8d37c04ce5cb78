/** A piece of a template that another template language understands and Liquid does not, or reads otherwise. */
export interface ForeignSyntax {
  readonly dialect: string;
  readonly sample: string;
  readonly offset: number;
}

const dialects: readonly { readonly dialect: string; readonly pattern: RegExp }[] = [
  // {{ .Issue.Title }}, {{ $x := … }}, {{ if … }}, {{- range … }}
  {
    dialect: "a Go template",
    pattern:
      /\{\{-?\s*(?:\.(?:[A-Za-z_]|\s*-?\}\})|\$|(?:if|range|with|template|define|block)\s+[^|\s}]).*?(?:\}\}|$)/m,
  },
  // {{#each …}}, {{/if}}, {{> partial}}, {{! comment }}, {{& raw }}, {{^ inverse }}, {{{ raw }}}
  { dialect: "Handlebars or Mustache", pattern: /\{\{(?:~?\s*[#/>!&^]|\{).*?(?:\}\}|$)/m },
];

const verbatim = /\{%-?\s*(raw|comment)\s*-?%\}[^]*?\{%-?\s*end\1\s*-?%\}/g;

/** The first piece of Go template, Handlebars or Mustache syntax outside of `raw` and `comment` blocks. */
export function findForeignSyntax(template: string): ForeignSyntax | null {
  const visible = template.replaceAll(verbatim, (block) => block.replaceAll(/[^\n]/g, " "));
  const found = dialects.flatMap(({ dialect, pattern }) => {
    const match = pattern.exec(visible);
    return match === null ? [] : [{ dialect, sample: match[0].slice(0, 40), offset: match.index }];
  });
  return found.toSorted((one, other) => one.offset - other.offset)[0] ?? null;
}
