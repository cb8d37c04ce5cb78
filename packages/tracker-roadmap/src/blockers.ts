import type { IssueBlocker } from "@signalbox/contracts";
import { slug } from "./feature-id.ts";

/** A feature as other features may name it. */
export interface BlockerTarget {
  readonly title: string;
  readonly externalId: string | null;
  /** What is said of it wherever it blocks; its `id` is set. */
  readonly blocker: IssueBlocker;
}

interface Part {
  readonly start: number;
  readonly end: number;
}

const maxParts = 200;
const maxUnresolvedLength = 200;
const placeholder = /^(?:[-—–]+(?=$|[\s(.,;])|(?:none|n\/a)(?=$|\s*[-—–(.,;:]|\s+yet\b))/i;
const leadIn =
  /^(?:(?:and|&|depends on|blocked by|blocked on|waits for|requires|needs|after)\s+)+/i;
const remark = /\s+(?:—|–|-|--)\s.*$|\s*\([^()]*\)\s*$|\.$/;

/**
 * Finds out which features a `Blockers` value means. Titles contain commas and colons, and values contain prose, so the
 * longest run of parts that is a known title wins, then slugs and external ids. What is left names nothing that is known:
 * it blocks, with its text, until somebody mends it.
 */
export class BlockerResolver {
  readonly #byTitle = new Map<string, IssueBlocker[]>();
  readonly #byName = new Map<string, IssueBlocker[]>();
  /** Most parts that any known title falls into. */
  #longestTitle = 1;

  constructor(targets: Iterable<BlockerTarget>) {
    for (const { title, externalId, blocker } of targets) {
      add(this.#byTitle, fold(title), blocker);
      for (const name of new Set([slug(title), blocker.identifier, blocker.id, externalId])) {
        if (name) add(this.#byName, fold(name), blocker);
      }
      this.#longestTitle = Math.max(this.#longestTitle, partsOf(title).length);
    }
  }

  /** Each blocker once, in the order of the text. A title that two features share means both. */
  resolve(value: string): readonly IssueBlocker[] {
    const text = value.trim();
    const whole = this.#byTitle.get(fold(text));
    if (whole) return whole;
    if (isEmptyBlockers(text)) return [];
    const found = new Map<string, IssueBlocker>();
    const parts = partsOf(text);
    for (let at = 0; at < parts.length;) {
      const { blockers, taken } =
        at < maxParts
          ? this.#longestMatch(text, parts, at)
          : { blockers: [unresolved(`… and ${parts.length - at} more`)], taken: parts.length };
      for (const blocker of blockers) found.set(blocker.id ?? `?${blocker.identifier}`, blocker);
      at += taken;
    }
    return [...found.values()];
  }

  #longestMatch(
    text: string,
    parts: readonly Part[],
    at: number,
  ): { readonly blockers: readonly IssueBlocker[]; readonly taken: number } {
    const start = parts[at]?.start ?? text.length;
    for (let taken = Math.min(this.#longestTitle, parts.length - at); taken > 1; taken -= 1) {
      const candidate = text.slice(start, parts[at + taken - 1]?.end);
      const blockers = this.#named(candidate);
      if (blockers) return { blockers, taken };
    }
    const part = text.slice(start, parts[at]?.end).trim();
    return { blockers: part === "" ? [] : this.#resolvePart(part), taken: 1 };
  }

  #resolvePart(part: string): readonly IssueBlocker[] {
    const named = this.#named(part);
    if (named) return named;
    const quoted = [...part.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
    if (quoted.length > 0) {
      return quoted.flatMap((name) => this.#named(name) ?? [unresolved(name)]);
    }
    const pieces = part.split(/\s+(?:and|&|\+)\s+/i).map((piece) => this.#named(piece));
    if (pieces.every((piece) => piece !== null)) return pieces.flat();
    return [unresolved(part.replace(leadIn, ""))];
  }

  /** The features that the text names, as it stands or without a lead-in (`depends on`) and a remark (`(started)`). */
  #named(text: string): readonly IssueBlocker[] | null {
    const bare = text.trim().replace(leadIn, "");
    for (const form of [text, bare, bare.replace(remark, "")]) {
      const key = fold(form);
      const found = this.#byTitle.get(key) ?? this.#byName.get(key);
      if (found) return found;
    }
    return null;
  }
}

/** Whether the value says that there are none, with or without a remark behind (`none. Published already`). */
export function isEmptyBlockers(value: string): boolean {
  const text = value.trim();
  return text === "" || placeholder.test(text);
}

function unresolved(text: string): IssueBlocker {
  const identifier = text.slice(0, maxUnresolvedLength).trim() || "?";
  return { id: null, identifier, state: null, stateKind: null };
}

function fold(text: string): string {
  return text.normalize("NFC").toLowerCase().replace(/\s+/g, " ").trim();
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

function add(index: Map<string, IssueBlocker[]>, key: string, blocker: IssueBlocker): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, [blocker]);
  else if (!known.includes(blocker)) known.push(blocker);
}
