import { FeatureBuilder } from "./feature-builder.ts";
import type { PlacedFeature } from "./feature.ts";
import { readFrontMatter } from "./front-matter.ts";
import type { FrontMatter } from "./front-matter.ts";
import { LineCursor } from "./line-cursor.ts";
import { closesFence, readFenceStart, readHeading } from "./markdown-line.ts";
import type { FenceStart } from "./markdown-line.ts";
import { milestoneOf, noMilestone } from "./milestone.ts";
import type { Milestone } from "./milestone.ts";
import { readFeature } from "./read-feature.ts";
import { reusableParts } from "./reusable-parts.ts";
import type { ReusableParts } from "./reusable-parts.ts";
import { SourceCopies } from "./source-copies.ts";
import type { SourceProblem } from "./source-problem.ts";

export interface Scan {
  readonly text: string;
  readonly front: FrontMatter;
  readonly features: readonly PlacedFeature[];
  readonly problems: readonly SourceProblem[];
  /** Everything is closed and has its name, so that no part of it depends on what stands far away. */
  readonly isSound: boolean;
}

/**
 * Finds the features of a roadmap and where their fields stand. Never fails: what it cannot read is a problem with a line.
 * With a scan of an earlier text, only what changed is read; features that say the same are the same objects.
 *
 * @param file as messages call it.
 * @param outer the milestone of features above the first heading of level 2.
 */
export function scanRoadmap(
  text: string,
  file: string,
  earlier: Scan | null = null,
  outer: Milestone = noMilestone,
): Scan {
  return new Scanner(text, file, outer, earlier && reusableParts(earlier, text)).scan();
}

/** What starts a block that has to be closed, and how a person reads it. */
interface Opener {
  readonly kind: string;
  readonly length: number;
  readonly name: string;
  readonly closer: string;
}

class Scanner {
  readonly #text: string;
  readonly #file: string;
  readonly #parts: ReusableParts | null;
  readonly #copies: SourceCopies;
  readonly #front: FrontMatter;
  readonly #features: PlacedFeature[];
  readonly #problems: SourceProblem[];
  /** Openers that nothing closes down to the end of the file, so that none is searched for twice. */
  readonly #unclosed = new Map<string, number>();
  readonly #line: LineCursor;
  #milestone: Milestone;
  #inHistory = false;
  readonly #builder: FeatureBuilder;
  /** The builder, while a feature is open. */
  #feature: FeatureBuilder | null = null;
  #isSound: boolean;

  constructor(text: string, file: string, outer: Milestone, parts: ReusableParts | null) {
    const at = parts?.resumeAt ?? null;
    this.#text = text;
    this.#file = file;
    this.#builder = new FeatureBuilder(text);
    this.#parts = parts;
    this.#copies = new SourceCopies(text, at === null);
    this.#front = parts && at ? parts.earlier.front : readFrontMatter(text);
    this.#features = parts && at ? parts.head() : [];
    this.#problems = [...this.#front.problems];
    this.#milestone = at?.feature.milestone ?? outer;
    this.#isSound = this.#front.isClosed;
    this.#line = at
      ? new LineCursor(text, at.start, at.line - 1)
      : new LineCursor(text, this.#front.end, this.#front.rows);
  }

  scan(): Scan {
    const tailStart = this.#parts?.tailStart ?? Infinity;
    let isDone = false;
    while (!isDone && this.#line.advance()) {
      isDone = this.#line.start >= tailStart && this.#takeTail();
      if (!isDone) this.#readLine();
    }
    if (!isDone) this.#closeFeature(this.#text.length);
    return {
      text: this.#text,
      front: this.#front,
      features: this.#features,
      problems: this.#problems,
      isSound: this.#isSound,
    };
  }

  /** Ends the scan where the earlier one had a feature in the same surroundings at the same place of the same text. */
  #takeTail(): boolean {
    const { start, row, indent } = this.#line;
    if (this.#parts === null || this.#inHistory || this.#feature?.isInField(indent)) return false;
    const index = this.#parts.tailIndex(start);
    const tail = this.#parts.earlier.features;
    const first = tail[index];
    if (!first || first.feature.milestone.name !== this.#milestone.name) return false;
    this.#closeFeature(start);
    const rows = row + 1 - first.line;
    for (let at = index; at < tail.length; at += 1) {
      const place = tail[at];
      if (!place) break;
      const { feature, start: earlierStart, line } = place;
      const { shift } = this.#parts;
      const isMoved = shift !== 0 || rows !== 0;
      this.#features.push(
        isMoved
          ? { feature, file: this.#file, start: earlierStart + shift, line: line + rows }
          : place,
      );
    }
    return true;
  }

  /** Takes the line, or the block that starts with it, in. */
  #readLine(): void {
    const line = this.#line;
    if (line.isBlank) {
      this.#feature?.addBlank();
      return;
    }
    switch (this.#text.charAt(line.content)) {
      case "#":
        if (this.#readHeading()) return;
        break;
      case "<":
        if (this.#readComment()) return;
        break;
      case "`":
      case "~":
        if (this.#readFence()) return;
        break;
    }
    this.#feature?.addLine(line);
  }

  #readHeading(): boolean {
    const { content, end, indent, start } = this.#line;
    if (indent > 3 || this.#feature?.isInField(indent)) return false;
    const heading = readHeading(this.#text, content, end);
    if (heading === null || heading.level > 3) return false;
    this.#closeFeature(start);
    if (heading.level < 3) {
      const name = heading.title.replace(/^milestone:\s*/i, "").trim();
      this.#milestone = heading.level === 1 ? noMilestone : milestoneOf(name);
      this.#inHistory = /^assignment history$/i.test(name);
    } else if (!this.#inHistory && !heading.title.startsWith("Group: ")) {
      this.#openFeature(heading.title);
    }
    return true;
  }

  #openFeature(heading: string): void {
    const title = /^f/i.test(heading)
      ? heading.replace(/^feature:\s*/i, "").trim()
      : heading.trim();
    if (title === "") {
      this.#report("a feature has no title", "Write the title behind `###`.");
      return;
    }
    this.#builder.begin(title, this.#line, this.#milestone);
    this.#feature = this.#builder;
  }

  #closeFeature(end: number): void {
    const builder = this.#feature;
    if (builder === null) return;
    const { start, line } = builder;
    const { name } = this.#milestone;
    const known = this.#parts?.known(this.#text.slice(start, end));
    const feature =
      known?.milestone.name === name
        ? known
        : readFeature(builder.parts(this.#copies.copyOf(start, end)));
    this.#features.push({ feature, file: this.#file, start, line });
    this.#feature = null;
  }

  #readComment(): boolean {
    const { content, indent } = this.#line;
    if (!this.#canStartBlock() || !this.#text.startsWith("<!--", content)) return false;
    const opener = { kind: "<!--", length: 4, name: "the HTML comment", closer: "-->" };
    const found = this.#search(opener, this.#line.start, (next) => next.includes("-->"));
    if (found) this.#feature?.addComment(indent, this.#line.end);
    return found;
  }

  #readFence(): boolean {
    const { start, indent, next } = this.#line;
    const fence = readFenceStart(this.#line.text);
    if (fence === null || !this.#canStartBlock()) return false;
    const { mark, length } = fence;
    const opener = { kind: mark, length, name: "the code fence", closer: mark.repeat(length) };
    const isInField = this.#feature?.isInField(indent) === true;
    if (isInField) this.#skipFieldFence(fence);
    else if (!this.#search(opener, next, (line) => closesFence(line, fence))) return false;
    this.#feature?.addFence(start, indent, this.#line.end);
    return true;
  }

  #canStartBlock(): boolean {
    const { indent } = this.#line;
    return indent <= 3 || this.#feature?.isInField(indent) === true;
  }

  /** Goes to the last line of a fence below a list item: that ends with the item, closed or not. */
  #skipFieldFence(fence: FenceStart): void {
    const ahead = new LineCursor(this.#text, this.#line.next, this.#line.row + 1);
    while (ahead.advance()) {
      if (!ahead.isBlank && ahead.indent < 2) break;
      this.#line.advance();
      if (closesFence(ahead.text, fence)) break;
    }
  }

  /**
   * Goes to the line that closes a block, looked for from `from` on. A block without an end is read as plain text: by the
   * letter of CommonMark it would swallow the rest of the file, and the features below would vanish from the tracker while
   * somebody is typing.
   */
  #search(opener: Opener, from: number, closes: (line: string) => boolean): boolean {
    const { kind, length, name, closer } = opener;
    const { start, row } = this.#line;
    if (length < (this.#unclosed.get(kind) ?? Infinity)) {
      const ahead = new LineCursor(this.#text, from, from === start ? row : row + 1);
      while (ahead.advance()) {
        if (!closes(ahead.text)) continue;
        this.#line.continueAt(ahead);
        this.#line.advance();
        return true;
      }
      this.#unclosed.set(kind, length);
    }
    this.#report(
      `${name} that starts here is never closed, so it is read as text`,
      `Close it with ${closer}.`,
    );
    return false;
  }

  #report(message: string, remedy: string): void {
    this.#problems.push({ line: this.#line.row + 1, message, remedy });
    this.#isSound = false;
  }
}
