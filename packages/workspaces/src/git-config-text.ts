/** A setting: section, subsection or `null`, name, value. */
export type GitSetting = readonly [string, string | null, string, string];

/** Settings as a git config file has them, so that one write does for many processes. Syntax: git-config(1). */
export function gitConfigText(settings: readonly GitSetting[]): string {
  return settings
    .map(([section, subsection, name, value]) => {
      const title = subsection === null ? section : `${section} ${quoted(subsection)}`;
      return `[${title}]\n\t${name} = ${quoted(value)}\n`;
    })
    .join("");
}

function quoted(text: string): string {
  return `"${text
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll("\n", String.raw`\n`)
    .replaceAll("\t", String.raw`\t`)
    .replaceAll("\b", String.raw`\b`)}"`;
}
