import type { IssueBlocker } from "@signalbox/contracts";

/** The position of a feature, or a blocker that names none. */
export type Meant = number | IssueBlocker;

interface Part {
  readonly start: number;
  readonly end: number;
}

const maxParts = 200;
const maxUnresolvedLength = 200;
/** What is longer is prose and no name; it bounds what the patterns have to look at. */
const maxNameLength = 1000;
const placeholder = /^(?:[-—–]+(?=$|[\s(.,;])|(?:none|n\/a)(?=$|\s*[-—–(.,;:]|\s+yet\b))/i;
const leadIn =
  /^(?:(?:and|&|depends on|blocked by|blocked on|waits for|requires|needs|after)\s+)+/i;
const remark = /\s+(?:—|–|-|--)\s.*$|\s*\([^()]*\)\s*$|\.$/;

/** Whether a `Blockers` value says that there are none, with or without a remark behind (`none. Published already`). */
export function isEmptyBlockers(value: string): boolean {
  const text = value.trim();
  return text === "" || placeholder.test(text);
}

/**
 * Finds out which features a `Blockers` value means. Titles contain commas and colons, and values contain prose, so the
 * longest run of parts that is a known title wins, then slugs and ids. What is left names nothing that is known: it blocks,
 * with its text, until somebody mends it.
 */
export class BlockerResolver {
  readonly #count: number;
  readonly #namesOf: (position: number) => readonly string[];
  readonly #byTitle = new NameIndex();
  /** Made when a text is not a title: most are. */
  #byName: NameIndex | null = null;
  /** Most parts that any known title falls into. */
  #longestTitle = 1;

  /**
   * @param titles of the features, by position.
   * @param namesOf ids and slugs that mean a feature as well; empty ones mean none.
   */
  constructor(titles: readonly string[], namesOf: (position: number) => readonly string[]) {
    this.#count = titles.length;
    this.#namesOf = namesOf;
    for (const [position, title] of titles.entries()) {
      this.#byTitle.add(title, position);
      this.#longestTitle = Math.max(this.#longestTitle, countParts(title));
    }
  }

  /**
   * Each feature once, in the order of the text, and what names none. A title that two features share means both.
   */
  resolve(value: string): readonly Meant[] {
    const text = value.trim();
    const whole = this.#byTitle.get(text);
    if (whole) return whole;
    if (isEmptyBlockers(text)) return [];
    const found = new Set<Meant>();
    const parts = partsOf(text);
    for (let at = 0; at < Math.min(parts.length, maxParts);) {
      const { meant, taken } = this.#longestMatch(text, parts, at);
      for (const one of meant) found.add(one);
      at += taken;
    }
    if (parts.length > maxParts) found.add(unresolved(`… and ${parts.length - maxParts} more`));
    return [...found];
  }

  #longestMatch(
    text: string,
    parts: readonly Part[],
    at: number,
  ): { readonly meant: readonly Meant[]; readonly taken: number } {
    const start = parts[at]?.start ?? text.length;
    for (let taken = Math.min(this.#longestTitle, parts.length - at); taken > 1; taken -= 1) {
      const meant = this.#named(text.slice(start, parts[at + taken - 1]?.end));
      if (meant) return { meant, taken };
    }
    const part = text.slice(start, parts[at]?.end).trim();
    return { meant: part === "" ? [] : this.#resolvePart(part), taken: 1 };
  }

  #resolvePart(part: string): readonly Meant[] {
    if (part.length > maxNameLength) return [unresolved(part)];
    const named = this.#named(part);
    if (named) return named;
    const quoted = [...part.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
    if (quoted.length > 0)
      return quoted.flatMap((name): readonly Meant[] => this.#named(name) ?? [unresolved(name)]);
    const pieces = part.split(/\s+(?:and|&|\+)\s+/i).map((piece) => this.#named(piece));
    if (pieces.every((piece) => piece !== null)) return pieces.flat();
    return [unresolved(part.replace(leadIn, ""))];
  }

  /** The features that the text names, as it stands or without a lead-in (`depends on`) and a remark (`(started)`). */
  #named(text: string): readonly number[] | null {
    if (text.length > maxNameLength) return null;
    const bare = text.trim().replace(leadIn, "");
    for (const form of new Set([text, bare, bare.replace(remark, "")])) {
      const found = this.#byTitle.get(form) ?? this.#names().get(form);
      if (found) return found;
    }
    return null;
  }

  #names(): NameIndex {
    if (this.#byName !== null) return this.#byName;
    const byName = new NameIndex();
    for (let position = 0; position < this.#count; position += 1) {
      for (const name of this.#namesOf(position)) if (name !== "") byName.add(name, position);
    }
    this.#byName = byName;
    return byName;
  }
}

/** Which positions have a name. Names compare folded. */
class NameIndex {
  /** Nearly every name is that of one. */
  readonly #first = new Map<string, number>();
  readonly #all = new Map<string, number[]>();

  add(name: string, position: number): void {
    const key = fold(name);
    const first = this.#first.get(key);
    if (first === undefined) this.#first.set(key, position);
    else if (first !== position) this.#addAnother(key, first, position);
  }

  #addAnother(key: string, first: number, position: number): void {
    const all = this.#all.get(key) ?? [first];
    if (all.at(-1) !== position) all.push(position);
    this.#all.set(key, all);
  }

  /** In their order. */
  get(name: string): readonly number[] | null {
    const key = fold(name);
    const first = this.#first.get(key);
    if (first === undefined) return null;
    return this.#all.get(key) ?? [first];
  }
}

function unresolved(text: string): IssueBlocker {
  const identifier = text.trim().slice(0, maxUnresolvedLength).trim() || "?";
  return { id: null, identifier, state: null, stateKind: null };
}

function fold(text: string): string {
  if (/^[!-~]+(?: [!-~]+)*$/.test(text)) return text.toLowerCase();
  return text.normalize("NFC").toLowerCase().replace(/\s+/g, " ").trim();
}

function countParts(text: string): number {
  return text.includes(",") || text.includes(";") ? partsOf(text).length : 1;
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let start = 0;
  for (const separator of text.matchAll(/[,;]/g)) {
    parts.push({ start, end: separator.index });
    start = separator.index + 1;
  }
  parts.push({ start, end: text.length });
  return parts;
}
