/** A workflow file, cut into its YAML and its prompt. */
export interface FrontMatter {
  readonly yaml: string;
  /** Whether there is any; without it the whole file is the prompt. */
  readonly isThere: boolean;
  /** 1-based line of the file on which `yaml` begins. */
  readonly yamlLine: number;
  readonly body: string;
  /** 1-based line of the file on which `body` begins. */
  readonly bodyLine: number;
}

const delimiter = /^---[ \t]*$/;

/** Cuts Markdown at its `---` lines; `null` where a front matter is opened and never closed. */
export function splitFrontMatter(text: string): FrontMatter | null {
  const lines = text.split("\n");
  if (!delimiter.test(lines[0] ?? "")) {
    return { yaml: "", isThere: false, yamlLine: 1, body: text, bodyLine: 1 };
  }
  const end = lines.findIndex((line, index) => index > 0 && delimiter.test(line));
  if (end === -1) return null;
  return {
    yaml: lines.slice(1, end).join("\n"),
    isThere: true,
    yamlLine: 2,
    body: lines.slice(end + 1).join("\n"),
    bodyLine: end + 2,
  };
}
