import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BacklogTrackerAdapter } from "../backlog-tracker.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface NewBacklog {
  readonly folder: string;
  readonly tracker: BacklogTrackerAdapter;
  /** A path below `backlog`. */
  readonly at: (name: string) => string;
  /** Writes `tasks/task-N - T.md`, with more lines of front matter; its path. */
  readonly add: (number: number, more?: string, folder?: string) => Promise<string>;
}

export const taskText = (id: string, more = ""): string =>
  `---\nid: ${id}\ntitle: Task ${id}\nstatus: To Do\ncreated_date: '2026-11-22 15:36'\n${more}---\n\nWords\n`;

/** A backlog without tasks, and a tracker that finds it; gone when the test ends. */
export async function newBacklog(now?: () => number): Promise<NewBacklog> {
  const folder = await temporaryFolder();
  const at = (name: string): string => join(folder, "backlog", name);
  await mkdir(at("tasks"), { recursive: true });
  await mkdir(at("completed"));
  await writeFile(at("config.yml"), 'statuses: ["To Do", "In Progress", "Done"]\n');
  const add = async (number: number, more = "", into = "tasks"): Promise<string> => {
    const path = at(`${into}/task-${number} - T.md`);
    await writeFile(path, taskText(`TASK-${number}`, more));
    return path;
  };
  return { folder, tracker: new BacklogTrackerAdapter({}, { folder, now }), at, add };
}
