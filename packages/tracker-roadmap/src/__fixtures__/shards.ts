import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RoadmapTrackerAdapter } from "../roadmap-tracker.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export const shard = (title: string, front = "", fields = ""): string =>
  `---\n${front}\n---\n\n### ${title}\n\n- **Status:** planned\n${fields}`;

/** A folder `docs/roadmap.d` with these files, and a tracker that finds it. */
export async function shardsOf(files: Readonly<Record<string, string>>): Promise<{
  readonly tracker: RoadmapTrackerAdapter;
  readonly folder: string;
  readonly at: (name: string) => string;
  readonly save: (name: string, text: string) => Promise<void>;
}> {
  const folder = await temporaryFolder();
  const at = (name: string): string => join(folder, "docs", "roadmap.d", name);
  await mkdir(at(""), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(at(name), text);
  const save = async (name: string, text: string): Promise<void> => {
    await writeFile(at(`.${name}.new`), text);
    await rename(at(`.${name}.new`), at(name));
  };
  return { tracker: new RoadmapTrackerAdapter({}, { folder }), folder, at, save };
}
