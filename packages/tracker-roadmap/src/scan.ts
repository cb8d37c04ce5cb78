import type { Feature, PlacedFeature } from "./feature.ts";
import { FeatureBuilder } from "./feature-builder.ts";
import { readFrontMatter } from "./front-matter.ts";
import { closesFence, readFenceStart, readHeading } from "./markdown-line.ts";
import type { FenceStart } from "./markdown-line.ts";
import { reusableParts } from "./reusable-parts.ts";
import type { ReusableParts } from "./reusable-parts.ts";
import type { SourceProblem } from "./source-problem.ts";
import { copyOf } from "./span.ts";
import { lineAt, linesFrom } from "./text-line.ts";
import type { TextLine } from "./text-line.ts";

export interface Scan {
  readonly text: string;
  /** `created` of the front matter, as it is written. */
  readonly created: string | null;
  readonly features: readonly PlacedFeature[];
  readonly problems: readonly SourceProblem[];
  /** Everything is closed and has its name, so that no part of it depends on what stands far away. */
  readonly isSound: boolean;
}

/**
 * Finds the features of a roadmap and where their fields stand. Never fails: what it cannot read is a problem with a line.
 * With a scan of an earlier text, only what changed is read; the features around it are the same objects.
 */
export function scanRoadmap(text: string, earlier: Scan | null = null): Scan {
  const parts = earlier && reusableParts(earlier, text);
  return new Scanner(text).scan(parts);
}

/** What starts a block that has to be closed, and how a person reads it. */
interface Opener {
  readonly kind: string;
  readonly length: number;
  readonly name: string;
  readonly closer: string;
}

/** The last line of a block. */
interface BlockEnd {
  readonly last: TextLine;
  readonly rows: number;
}

class Scanner {
  readonly #text: string;
  #features: PlacedFeature[] = [];
  #problems: SourceProblem[] = [];
  /** Openers that nothing closes down to the end of the file, so that none is searched for twice. */
  readonly #unclosed = new Map<string, number>();
  #at = 0;
  /** 0-based number of the line at `#at`. */
  #row = 0;
  #milestone: string | null = null;
  #inHistory = false;
  #feature: FeatureBuilder | null = null;
  #isClosed = true;
  /** Read again with what stands behind it, and most often the same as before. */
  #resumed: Feature | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  scan(parts: ReusableParts | null): Scan {
    const created = parts?.resumeAt ? this.#resume(parts, parts.resumeAt) : this.#readFrontMatter();
    const oddBefore = this.#problems.length;
    while (this.#at < this.#text.length) {
      const line = lineAt(this.#text, this.#at);
      if (parts !== null && line.start >= parts.tailStart && this.#takeTail(line, parts)) break;
      const { last, rows } = this.#read(line);
      this.#at = last.next;
      this.#row += rows;
    }
    this.#closeFeature(this.#at);
    return {
      text: this.#text,
      created,
      features: this.#features,
      problems: this.#problems,
      isSound: this.#isClosed && this.#problems.length === oddBefore,
    };
  }

  #readFrontMatter(): string | null {
    const front = readFrontMatter(this.#text);
    this.#problems = [...front.problems];
    this.#at = front.end;
    this.#row = front.rows;
    this.#isClosed = front.isClosed;
    return front.created && copyOf(front.created);
  }

  #resume({ earlier, head }: ReusableParts, resumeAt: PlacedFeature): string | null {
    this.#features = [...head];
    this.#problems = [...earlier.problems];
    this.#at = resumeAt.start;
    this.#row = resumeAt.line - 1;
    this.#milestone = resumeAt.feature.milestone;
    this.#resumed = resumeAt.feature;
    return earlier.created;
  }

  /** Ends the scan where the earlier one had a feature in the same surroundings at the same place of the same text. */
  #takeTail(line: TextLine, { tailAt, shift }: ReusableParts): boolean {
    const isInside = this.#inHistory || this.#feature?.isInField(line.indent) === true;
    const tail = isInside ? null : tailAt(line.start);
    const first = tail?.[0];
    if (!tail || !first || first.feature.milestone !== this.#milestone) return false;
    this.#closeFeature(line.start);
    const rows = this.#row + 1 - first.line;
    for (const { feature, start, line: earlierLine } of tail) {
      this.#features.push({ feature, start: start + shift, line: earlierLine + rows });
    }
    return true;
  }

  /** Takes the line, or the block that starts with it, in. */
  #read(line: TextLine): BlockEnd {
    const only = { last: line, rows: 1 };
    if (line.content === line.end) {
      this.#feature?.addBlank();
      return only;
    }
    switch (this.#text.charAt(line.content)) {
      case "#":
        if (this.#readHeading(line)) return only;
        break;
      case "<": {
        const comment = this.#readComment(line);
        if (comment) return comment;
        break;
      }
      case "`":
      case "~": {
        const fence = this.#readFence(line);
        if (fence) return fence;
        break;
      }
    }
    this.#feature?.addLine(line, this.#row);
    return only;
  }

  #readHeading(line: TextLine): boolean {
    if (this.#feature?.isInField(line.indent) === true) return false;
    const heading = readHeading(this.#text.slice(line.start, line.end));
    if (heading === null || heading.level > 3) return false;
    this.#closeFeature(line.start);
    if (heading.level < 3) {
      const name = heading.title.replace(/^milestone:\s*/i, "").trim();
      this.#milestone = heading.level === 1 || name === "" ? null : copyOf(name);
      this.#inHistory = /^assignment history$/i.test(name);
    } else if (!this.#inHistory) {
      this.#openFeature(line, heading.title.replace(/^feature:\s*/i, "").trim());
    }
    return true;
  }

  #openFeature({ start }: TextLine, title: string): void {
    const line = this.#row + 1;
    if (title === "") {
      const message = "a feature has no title";
      this.#problems.push({ line, message, remedy: "Write the title behind `###`." });
    } else {
      this.#feature = new FeatureBuilder(this.#text, { title, start, line }, this.#milestone);
    }
  }

  #closeFeature(end: number): void {
    if (this.#feature === null) return;
    const { start, line } = this.#feature;
    const feature = this.#feature.finish(end);
    const { source, milestone } = this.#resumed ?? {};
    const isSame = source === feature.source && milestone === feature.milestone;
    this.#features.push({ feature: (isSame && this.#resumed) || feature, start, line });
    this.#feature = null;
  }

  #readComment(line: TextLine): BlockEnd | null {
    if (!this.#canStartBlock(line) || !this.#text.startsWith("<!--", line.content)) return null;
    const opener = { kind: "<!--", length: 4, name: "the HTML comment", closer: "-->" };
    const end = this.#search(opener, line.start, (next) => next.includes("-->"));
    if (end !== null) this.#feature?.addComment(line.indent, end.last.end);
    return end;
  }

  #readFence(line: TextLine): BlockEnd | null {
    const fence = readFenceStart(this.#text.slice(line.start, line.end));
    if (fence === null || !this.#canStartBlock(line)) return null;
    const { mark, length } = fence;
    const opener = { kind: mark, length, name: "the code fence", closer: mark.repeat(length) };
    const end =
      this.#feature?.isInField(line.indent) === true
        ? this.#endOfFieldFence(line, fence)
        : this.#search(opener, line.next, (next) => closesFence(next, fence), 2);
    if (end !== null) this.#feature?.addFence(line, end.last.end);
    return end;
  }

  #canStartBlock({ indent }: TextLine): boolean {
    return indent <= 3 || this.#feature?.isInField(indent) === true;
  }

  /** A fence below a list item ends with the item, closed or not. */
  #endOfFieldFence(line: TextLine, fence: FenceStart): BlockEnd {
    let end = { last: line, rows: 1 };
    for (const next of linesFrom(this.#text, line.next)) {
      const isBlank = next.content === next.end;
      if (!isBlank && next.indent < 2) break;
      end = { last: next, rows: end.rows + 1 };
      if (closesFence(this.#text.slice(next.start, next.end), fence)) break;
    }
    return end;
  }

  /**
   * The line that closes a block, looked for from `from` on, which is row `rows` of it. A block without an end is read
   * as plain text: by the letter of CommonMark it would swallow the rest of the file, and the features below would vanish
   * from the tracker while somebody is typing.
   */
  #search(
    { kind, length, name, closer }: Opener,
    from: number,
    closes: (line: string) => boolean,
    firstRow = 1,
  ): BlockEnd | null {
    if (length < (this.#unclosed.get(kind) ?? Infinity)) {
      let rows = firstRow;
      for (const last of linesFrom(this.#text, from)) {
        if (closes(this.#text.slice(last.start, last.end))) return { last, rows };
        rows += 1;
      }
      this.#unclosed.set(kind, length);
    }
    const message = `${name} that starts here is never closed, so it is read as text`;
    this.#problems.push({ line: this.#row + 1, message, remedy: `Close it with ${closer}.` });
    return null;
  }
}
