import type { TransitionOrder } from "@signalbox/contracts";
import { planTransition, saysState } from "./plan-transition.ts";
import type { TransitionPlan } from "./plan-transition.ts";
import { readRoadmap } from "./read-roadmap.ts";
import type { Roadmap, RoadmapText } from "./read-roadmap.ts";
import { readRoadmapFile, writtenContent } from "./roadmap-file.ts";
import type { FileContent } from "./roadmap-file.ts";
import type { Reading, RoadmapStore } from "./roadmap-store.ts";
import { updateFile } from "./write-file.ts";

interface FileReading extends Reading {
  readonly content: FileContent;
  readonly roadmap: RoadmapText;
}

/** A roadmap in one file. */
export class FileStore implements RoadmapStore {
  readonly path: string;
  readonly name: string;
  #read: FileReading | null = null;

  constructor(path: string, name: string) {
    this.path = path;
    this.name = name;
  }

  async load(): Promise<Reading> {
    const known = this.#read;
    const content = await readRoadmapFile(this.path, this.name, known?.content ?? null);
    const { hash } = content;
    const roadmap =
      known?.hash === hash ? known.roadmap : readRoadmap(content.text, this.name, known?.roadmap);
    this.#read = { hash, content, roadmap, unreadable: [] };
    return this.#read;
  }

  async move(
    issueId: string,
    order: TransitionOrder,
    afterwards: (path: string, roadmap: Roadmap) => Promise<void>,
    signal: AbortSignal,
  ): Promise<TransitionPlan> {
    const decided: { plan: TransitionPlan | null; roadmap: RoadmapText | null } = {
      plan: null,
      roadmap: null,
    };
    const change = (text: string): string | null => {
      const roadmap = this.#readText(text);
      decided.roadmap = roadmap;
      const reread = (nextText: string): RoadmapText => {
        decided.roadmap = readRoadmap(nextText, this.name, roadmap);
        return decided.roadmap;
      };
      decided.plan = planTransition({ roadmap, text, reread }, issueId, order);
      return decided.plan.kind === "write" ? decided.plan.text : null;
    };
    const onWritten = async (path: string): Promise<void> => {
      const { plan, roadmap } = decided;
      if (plan === null || roadmap === null || !saysState(plan)) return;
      if (plan.kind === "write") this.#remember(roadmap);
      await afterwards(path, roadmap);
    };
    const { path, name } = this;
    const known = this.#read?.content ?? null;
    await updateFile({ path, name, known, change, afterwards: onWritten }, signal);
    if (decided.plan === null) throw new TypeError("the file was updated without being read");
    return decided.plan;
  }

  #readText(text: string): RoadmapText {
    const known = this.#read?.roadmap ?? null;
    return known?.text === text ? known : readRoadmap(text, this.name, known);
  }

  /** Takes what was just written as read, so that it is neither parsed again nor mistaken for a save in progress. */
  #remember(roadmap: RoadmapText): void {
    const content = writtenContent(roadmap.text);
    this.#read = { hash: content.hash, content, roadmap, unreadable: [] };
  }
}
