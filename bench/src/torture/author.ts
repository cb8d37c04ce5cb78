import { appendFileSync, readFileSync } from "node:fs";
import { RoadmapTrackerAdapter } from "@signalbox/tracker-roadmap";
import type { Scene } from "./scene.ts";
import type { Seeded } from "./seeded.ts";
import type { Violations } from "./violations.ts";

/** How many of each kind of agent there are, of a hundred or so. */
const kinds = { quick: 36, faller: 10, family: 12, stubborn: 12, deaf: 12, flood: 6, slow: 12 };
const backlog = 5;
const tickMs = 700;
/** No process is stopped for longer. */
const freshMs = 10_000;
const holdMs = 1_500;

/**
 * Writes features into the roadmap as a person would, without a lock, as long as there is little to do; now and then
 * takes one back for a moment.
 */
export class Author {
  readonly #scene: Scene;
  readonly #random: Seeded;
  readonly #violations: Violations;
  readonly #timer: NodeJS.Timeout;
  #edits: Promise<void> = Promise.resolve();
  #number = 0;
  /** Identifier → when it was seen in the file, where it has to stay. */
  readonly #confirmed = new Map<string, number>();
  /** Taken back for a moment. */
  readonly held = new Set<string>();
  /** Fell into the moment between comparison and rename of another writer, and were written again. */
  rewritten = 0;
  edits = 0;
  failedEdits: string[] = [];
  longestEditMs = 0;

  constructor(scene: Scene, random: Seeded, violations: Violations) {
    this.#scene = scene;
    this.#random = random;
    this.#violations = violations;
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  get issues(): readonly string[] {
    return [...this.#confirmed.keys()];
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
    for (const [issue, at] of this.#confirmed) {
      if (!states.has(issue) && now - at > freshMs) {
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
   * An edit without a lock is lost where another writer is between its comparison and its rename. That is documented,
   * and a person would see it; a writer that is stopped at that point makes the moment long.
   */
  #writeAgain(): void {
    const states = this.#states();
    const now = performance.now();
    for (const [issue, at] of this.#confirmed) {
      if (states.has(issue) || now - at > freshMs) continue;
      this.rewritten += 1;
      appendFileSync(this.#scene.roadmap, feature(titleOf(issue)));
    }
  }

  #write(count: number): void {
    const titles = Array.from({ length: count }, () => {
      const kind = this.#random.weighted(kinds);
      this.#number += 1;
      return titleOf(`${kind}-${this.#number}`);
    });
    for (let tries = 0; tries < 10; tries += 1) {
      const missing = titles.filter((title) => !this.#isThere(title));
      if (missing.length === 0) break;
      if (tries > 0) this.rewritten += missing.length;
      appendFileSync(this.#scene.roadmap, missing.map(feature).join(""));
      // A file that was replaced at this moment has not got them: see again.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
    const now = performance.now();
    for (const title of titles) this.#confirmed.set(identifierOf(title), now);
  }

  #isThere(title: string): boolean {
    return readFileSync(this.#scene.roadmap, "utf8").includes(`### ${title}\n`);
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
        // As a person, who tries again: a dead writer's lock is waited for.
        this.failedEdits.push(String(error));
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
