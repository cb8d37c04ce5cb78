import { hash } from "node:crypto";

/**
 * The id that follows from a title alone: 20 characters of slug and 8 hexadecimal digits of SHA-256. The form is the
 * one that the first tools for this file format used, so their records keep their meaning.
 */
export function titleId(title: string): string {
  const words = title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return `${words.slice(0, 20)}-${hash("sha256", title, "hex").slice(0, 8)}`;
}

/** Letters and digits of any script, lower-cased, joined by `-`: what a person types. Empty where the text has none. */
export function slug(text: string): string {
  const separators = /^[\0-\x7F]*$/.test(text) ? /[^a-z0-9]+/g : /[^\p{L}\p{M}\p{N}]+/gu;
  const words = text.normalize("NFKC").toLowerCase().replace(separators, "-");
  return words.replace(/^-|-$/g, "");
}

/** A title's slug, cut at a word where it has more than 48 characters; never empty. */
export function titleSlug(whole: string, title: string): string {
  if (whole === "") return titleId(title).replace(/^-+/, "");
  if (whole.length <= 48) return whole;
  const cut = whole.lastIndexOf("-", 48);
  return cut > 0 ? whole.slice(0, cut) : Array.from(whole).slice(0, 24).join("");
}

/**
 * Makes names unique by their order: the first of a name keeps it, the next become `name-2`, `name-3`. A name that
 * somebody has by right is never given to a duplicate of another.
 */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  return names.map((name) => {
    if (!seen.has(name)) {
      seen.add(name);
      return name;
    }
    let count = counts.get(name) ?? 1;
    do count += 1;
    while (taken.has(`${name}-${count}`));
    counts.set(name, count);
    taken.add(`${name}-${count}`);
    return `${name}-${count}`;
  });
}
