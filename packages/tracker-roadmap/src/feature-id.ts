import { hash } from "node:crypto";

export interface FeatureNaming {
  readonly id: string;
  /** Of the whole title; empty where it has no letter and no digit. */
  readonly slug: string;
  readonly titleSlug: string;
}

const maxSlugLength = 48;
const ascii = /^[\0-\x7F]*$/;
const plainWords = /^[a-z0-9]+(?: [a-z0-9]+)*$/;

/** What a feature is called: its id is the External-ID, or what follows from the title. */
export function namesOf(title: string, externalId: string | null): FeatureNaming {
  const lower = title.toLowerCase();
  if (!plainWords.test(lower) || lower.length > maxSlugLength) {
    const whole = slug(title);
    return {
      id: externalId ?? titleId(title),
      slug: whole,
      titleSlug: titleSlug(whole, title),
    };
  }
  const words = lower.replaceAll(" ", "-");
  return { id: externalId ?? idOf(title, words), slug: words, titleSlug: words };
}

/**
 * The id that follows from a title alone: 20 characters of slug and 8 hexadecimal digits of SHA-256. The form is the
 * one that the first tools for this file format used, so their records keep their meaning.
 */
export function titleId(title: string): string {
  return idOf(title, asciiWords(title));
}

function idOf(title: string, words: string): string {
  return `${words.slice(0, 20)}-${hash("sha256", title, "hex").slice(0, 8)}`;
}

function asciiWords(title: string): string {
  return title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

/** Letters and digits of any script, lower-cased, joined by `-`: what a person types. Empty where the text has none. */
export function slug(text: string): string {
  if (ascii.test(text)) return withoutOuterDashes(asciiWords(text));
  const words = text.normalize("NFKC").toLowerCase();
  return withoutOuterDashes(words.replace(/[^\p{L}\p{M}\p{N}]+/gu, "-"));
}

function withoutOuterDashes(words: string): string {
  return words.replace(/^-|-$/g, "");
}

/** A title's slug, cut at a word where it has more than 48 characters; never empty. */
export function titleSlug(whole: string, title: string): string {
  if (whole === "") return titleId(title).replace(/^-+/, "");
  if (whole.length <= maxSlugLength) return whole;
  const cut = whole.lastIndexOf("-", maxSlugLength);
  return cut > 0 ? whole.slice(0, cut) : Array.from(whole).slice(0, 24).join("");
}

/**
 * Makes names unique by their order: the first of a name keeps it, the next become `name-2`, `name-3`. A name that
 * somebody has by right is never given to a duplicate of another.
 */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names);
  if (taken.size === names.length) return names;
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
