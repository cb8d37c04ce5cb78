import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SeedIssue, TrackerTestBed } from "@signalbox/conformance";
import { BacklogTrackerAdapter } from "../backlog-tracker.ts";

export const backlogBed: TrackerTestBed = {
  name: "@signalbox/tracker-backlog-md",
  states: { waiting: "To Do", working: "In Progress", done: "Done" },
  transport: "It sends no request.",
  lacks: {
    ignoreTransitions: "A file that takes a write has made it.",
    links: "A task has no place for links that would be told from its references.",
  },
  async create({ folder, context }) {
    const tasks = join(folder, "backlog", "tasks");
    await mkdir(tasks, { recursive: true });
    await writeFile(join(folder, "backlog", "config.yml"), config);
    const tracker = new BacklogTrackerAdapter({}, context);
    const at = (id: string): string => join(tasks, `${id.toLowerCase()} - Seed.md`);
    const edit = async (id: string, change: (text: string) => string): Promise<void> =>
      writeFile(at(id), change(await readFile(at(id), "utf8")));
    let added = 0;
    return {
      tracker,
      world: {
        async addIssues(seeds) {
          const ids: string[] = [];
          for (const seed of seeds) {
            added += 1;
            const id = `TASK-${added}`;
            ids.push(id);
            await writeFile(at(id), task(id, seed));
          }
          return ids;
        },
        async stateOf(id) {
          return /^status: (.*)$/m.exec(await readFile(at(id), "utf8"))?.[1] ?? "gone";
        },
        setState: async (id, state) => edit(id, (text) => text.replace(/^status: .*/m, `status: ${state}`)),
        removeIssue: async (id) => rm(at(id)),
        hold: async (id) =>
          writeFile(join(tasks, `${id.toLowerCase()} - Twin.md`), await readFile(at(id), "utf8")),
        block: async (id, blockers) =>
          edit(id, (text) =>
            text.replace(/^dependencies: .*/m, `dependencies: ${JSON.stringify(blockers)}`),
          ),
        spoil: async (id) =>
          edit(id, (text) =>
            text
              .replace(/^created_date: .*/m, "created_date: yesterday\nupdated_date: [1]\npriority: 7")
              .replace(/^dependencies: .*/m, "dependencies: {}"),
          ),
        corrupt: async (id) => edit(id, (text) => text.replace(/^status: .*\n/m, "")),
        async comments(id) {
          const text = await readFile(at(id), "utf8");
          return text.split(/^---$/m).slice(2).filter((_, index) => index % 2 === 1);
        },
        addComment: async (id, body) => edit(id, (text) => withPersonsComment(text, body)),
      },
    };
  },
};

const config = `project_name: "conformance"
default_status: "To Do"
statuses: ["To Do", "In Progress", "Done"]
task_prefix: "task"
`;

function task(id: string, { title, state, labels = [] }: SeedIssue): string {
  return `---
id: ${id}
title: '${title.replaceAll("'", "''")}'
status: ${state}
assignee: []
created_date: '2026-11-22 15:36'
labels: ${JSON.stringify(labels)}
dependencies: []
---

## Description

<!-- SECTION:DESCRIPTION:BEGIN -->
What it is about
<!-- SECTION:DESCRIPTION:END -->
`;
}

/** As the program appends one. */
function withPersonsComment(text: string, body: string): string {
  const minute = new Date().toISOString().slice(0, 16).replace("T", " ");
  const comment = `author: @someone\ncreated: ${minute}\n---\n${body}\n---\n`;
  const end = "<!-- COMMENTS:END -->";
  return text.includes(end)
    ? text.replace(end, `\n${comment}${end}`)
    : `${text}\n## Comments\n\n<!-- COMMENTS:BEGIN -->\n${comment}${end}\n`;
}
