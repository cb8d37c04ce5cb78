import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SeedIssue, TrackerTestBed } from "@signalbox/conformance";
import { RoadmapTrackerAdapter } from "../roadmap-tracker.ts";

const noWords = "The file takes no comments and no links.";

export const roadmapBed: TrackerTestBed = {
  name: "@signalbox/tracker-roadmap",
  states: { waiting: "planned", working: "in-progress", done: "done" },
  transport: "It sends no request.",
  lacks: {
    ignoreTransitions: "A file that takes a write has made it.",
    comments: noWords,
    addComment: noWords,
    links: noWords,
  },
  async create({ folder }) {
    const path = join(folder, "docs", "roadmap.md");
    await mkdir(dirname(path));
    await writeFile(path, "# Roadmap\n\n## Milestone: Conformance\n");
    // It would take a file that has lost all of its features for one that is being written.
    const tracker = new RoadmapTrackerAdapter({}, { folder });
    const edit = async (change: (text: string) => string): Promise<void> =>
      writeFile(path, change(await readFile(path, "utf8")));
    const editFeature = async (id: string, change: (feature: string) => string): Promise<void> =>
      edit((text) => {
        const start = text.indexOf(`### `, text.lastIndexOf("\n### ", text.indexOf(marker(id))));
        const next = text.indexOf("\n### ", start);
        const end = next === -1 ? text.length : next + 1;
        return text.slice(0, start) + change(text.slice(start, end)) + text.slice(end);
      });
    let added = 0;
    return {
      tracker,
      world: {
        async addIssues(seeds) {
          const ids = seeds.map(() => {
            added += 1;
            return `conformance:${added}`;
          });
          await edit((text) => text + seeds.map((seed, at) => feature(ids[at] ?? "", seed)).join(""));
          return ids;
        },
        async stateOf(id) {
          const text = await readFile(path, "utf8");
          const [, state = "gone"] =
            /- \*\*Status:\*\* (.*)/.exec(text.slice(text.indexOf(marker(id)))) ?? [];
          return state;
        },
        setState: async (id, state) => editFeature(id, (text) => text.replace(/(Status:\*\*) .*/, `$1 ${state}`)),
        removeIssue: async (id) => editFeature(id, () => ""),
        hold: async (id) => editFeature(id, (text) => `${text.trimEnd()}\n- **Status:** done\n`),
        block: async (id, blockers) =>
          editFeature(id, (text) => `${text.trimEnd()}\n- **Blockers:** ${blockers.join(", ")}\n`),
        spoil: async (id) =>
          editFeature(id, (text) => `${text.trimEnd()}\n- **Priority:** urgent!\n- **Updated-At:** yesterday\n`),
        corrupt: async (id) => editFeature(id, (text) => text.replace(/- \*\*Status.*\n/, "")),
      },
    };
  },
};

function marker(id: string): string {
  return `- **External-ID:** ${id}\n`;
}

function feature(id: string, { title, state, labels = [] }: SeedIssue): string {
  const tags = labels.length > 0 ? `- **Labels:** ${labels.join(",")}\n` : "";
  return `\n### ${title}\n\n${marker(id)}- **Status:** ${state}\n${tags}`;
}
