import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { RoadmapTrackerAdapter } from "@signalbox/tracker-roadmap";
import type { Observer } from "./observer.ts";
import type { Scene } from "./scene.ts";
import type { Seeded } from "./seeded.ts";
import type { Violations } from "./violations.ts";

/** How many of each kind of agent there are, of a hundred or so. */
const kinds = { quick: 36, faller: 10, family: 12, stubborn: 12, deaf: 12, flood: 6, slow: 12 };
const backlog = 5;
const tickMs = 700;
/** In which a feature that is missing is written again, and looked for. */
const freshMs = 10_000;
/** For a writer that has replaced the file to take up what was saved into the old one. */
const rescueMs = 1_500;
/** An append that takes longer was interrupted, so that the file may have been replaced between its two steps. */
const appendMs = 0.3;
const holdMs = 1_500;
/** Between two looks of the observer, and as much again. */
const sampleMs = 100;

interface Append {
  readonly at: number;
  /** Of the first time that it was written. */
  readonly firstAt: number;
  readonly tookMs: number;
}

/**
 * Writes features into the roadmap as a person would, without a lock, as long as there is little to do; now and then
 * takes one back for a moment.
 */
export class Author {
  readonly #scene: Scene;
  readonly #random: Seeded;
  readonly #observer: Observer;
  readonly #violations: Violations;
  readonly #timer: NodeJS.Timeout;
  #edits: Promise<void> = Promise.resolve();
  #number = 0;
  /** Identifier → its last append to the file. */
  readonly #appended = new Map<string, Append>();
  /** Taken back for a moment. */
  readonly held = new Set<string>();
  /** Fell into the moment between comparison and rename of another writer, and were written again. */
  rewritten = 0;
  edits = 0;
  failedEdits: string[] = [];
  longestEditMs = 0;

  constructor(scene: Scene, random: Seeded, observer: Observer, violations: Violations) {
    this.#scene = scene;
    this.#observer = observer;
    this.#random = random;
    this.#violations = violations;
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  get issues(): readonly string[] {
    return [...this.#appended.keys()];
  }

  /** Writes nothing more. Resolves when the last edit is in the file. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#edits;
  }

  #tick(): void {
    this.#writeAgain();
    const states = this.read();
    const planned = [...states].filter(([, state]) => state === "planned");
    if (planned.length < backlog) this.#write(1 + Math.floor(this.#random.next() * 3));
    const [issue] = this.#random.pick(planned) ?? [];
    if (issue !== undefined && this.#random.chance(0.12)) {
      this.edits += 1;
      this.held.add(issue);
      this.#edits = this.#edits.then(() => this.#hold(issue));
    }
  }

  /** Identifier → state, checked against what has been written so far. */
  read(): ReadonlyMap<string, string> {
    const states = this.#states();
    const now = performance.now();
    for (const [issue, { firstAt }] of this.#appended) {
      if (!states.has(issue) && now - firstAt > freshMs) {
        this.#violations.add("a feature is not in the roadmap", issue);
      }
    }
    return states;
  }

  #states(): ReadonlyMap<string, string> {
    const text = readFileSync(this.#scene.roadmap, "utf8");
    const features = text.matchAll(/^### (.+)\n\n- \*\*Status:\*\* (.+)$/gm);
    return new Map([...features].map(([, title = "", state = ""]) => [identifierOf(title), state]));
  }

  /**
   * An append is taken up by whoever replaces the file meanwhile. It is lost where that one dies or is stopped before it
   * has looked again, and where the file is replaced between the two steps of the append itself: nowhere else.
   */
  #writeAgain(): void {
    const states = this.#states();
    const now = performance.now();
    for (const [issue, { at, firstAt, tookMs }] of this.#appended) {
      if (states.has(issue) || now - at < rescueMs || now - firstAt > freshMs) continue;
      const isExcused = tookMs > appendMs || this.#observer.daemonDisturbedAt > at - sampleMs;
      if (!isExcused) this.#violations.add("an edit was lost, and no daemon was disturbed", issue);
      this.rewritten += 1;
      this.#append([issue], firstAt);
    }
  }

  #write(count: number): void {
    const issues = Array.from({ length: count }, () => {
      this.#number += 1;
      return `${this.#random.weighted(kinds)}-${this.#number}`;
    });
    this.#append(issues, performance.now());
  }

  #append(issues: readonly string[], firstAt: number): void {
    const text = issues.map((issue) => feature(titleOf(issue))).join("");
    const at = performance.now();
    const file = openSync(this.#scene.roadmap, "a");
    writeSync(file, text);
    const tookMs = performance.now() - at;
    closeSync(file);
    for (const issue of issues) this.#appended.set(issue, { at, firstAt, tookMs });
  }

  /** Takes an issue that nobody works on yet out of the active states, and back. */
  async #hold(issue: string): Promise<void> {
    const tracker = new RoadmapTrackerAdapter(
      { path: "docs/roadmap.md" },
      { folder: this.#scene.repository },
    );
    const signal = AbortSignal.timeout(60_000);
    const found = await tracker.fetchIssuesByStates(["planned"], signal);
    const id = found.find(({ identifier }) => identifier === issue)?.id;
    if (id === undefined) return;
    await this.#transition(tracker, id, "planned", "backlog", signal);
    await new Promise((resolve) => setTimeout(resolve, holdMs));
    await this.#transition(tracker, id, "backlog", "planned", signal);
  }

  async #transition(
    tracker: RoadmapTrackerAdapter,
    id: string,
    from: string,
    to: string,
    signal: AbortSignal,
  ): Promise<void> {
    const startedAt = performance.now();
    for (;;) {
      try {
        await tracker.transition(id, { from, to, key: `author-${this.edits}` }, signal);
        break;
      } catch (error) {
        // As a person, who tries again.
        this.failedEdits.push(String(error));
        if (String(error).includes("holds its lock")) {
          this.#violations.add("the roadmap's lock is not to be had", String(error));
          return;
        }
        if (signal.aborted) throw error;
      }
    }
    this.longestEditMs = Math.max(this.longestEditMs, performance.now() - startedAt);
  }
}

function identifierOf(title: string): string {
  return title.toLowerCase().replaceAll(" ", "-");
}

function titleOf(issue: string): string {
  return `${issue[0]?.toUpperCase()}${issue.slice(1).replace("-", " ")}`;
}

function feature(title: string): string {
  return `\n### ${title}\n\n- **Status:** planned\n- **Summary:** Do the thing called ${title}, with care\n`;
}
