import { hash } from "node:crypto";

/**
 * The id that follows from a title alone: 20 characters of slug and 8 hexadecimal digits of SHA-256. The form is the
 * one that the first tools for this file format used, so their records keep their meaning.
 */
export function titleId(title: string): string {
  const slug = title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return `${slug.slice(0, 20)}-${hash("sha256", title, "hex").slice(0, 8)}`;
}

/** Letters and digits of any script, lower-cased, joined by `-`: what a person types. Empty where the text has none. */
export function slug(text: string): string {
  const words = text
    .normalize("NFKC")
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u);
  return words.filter((word) => word !== "").join("-");
}

/** The slug of a title, cut at a word, at most 48 characters. */
export function titleSlug(title: string): string {
  const whole = slug(title);
  if (whole.length <= 48) return whole === "" ? titleId(title).replace(/^-+/, "") : whole;
  const cut = whole.lastIndexOf("-", 48);
  return cut > 0 ? whole.slice(0, cut) : [...whole].slice(0, 24).join("");
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
