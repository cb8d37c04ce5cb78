import { stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import type { FoundState } from "./state-use.ts";

const limitMs = 10_000;
const roadmapPlaces = ["docs/roadmap.d", "docs/roadmap.md", "roadmap.md"];
/** Where Backlog.md keeps its configuration. */
const backlogConfigs = [
  "backlog.config.yml",
  ...["backlog", ".backlog"].flatMap((folder) =>
    ["yml", "yaml"].map((ending) => `${folder}/config.${ending}`),
  ),
];

/** Issues that stand in files of the repository. */
export interface FileTracker {
  /** Relative to the root. */
  readonly path: string;
  /** Of the issues in there; empty where there is none that can be read. */
  readonly states: readonly FoundState[];
}

/** The roadmap, with the states that its features are in; `null` where there is none. */
export async function findRoadmap(root: string): Promise<FileTracker | null> {
  const path = await firstOf(root, roadmapPlaces);
  if (path === null) return null;
  const { RoadmapTrackerAdapter } = await import("@signalbox/tracker-roadmap");
  const tracker = new RoadmapTrackerAdapter({ path }, { folder: root });
  const changes = await unlessUnreadable(tracker.fetchChanges(null, AbortSignal.timeout(limitMs)));
  const issues = changes === null || changes.kind === "unchanged" ? [] : changes.issues;
  return { path, states: issues.map(({ state, stateKind }) => ({ name: state, kind: stateKind })) };
}

/** The folder of Backlog.md's tasks, with the statuses of its configuration; `null` where the program is not used. */
export async function findBacklog(root: string): Promise<FileTracker | null> {
  if ((await firstOf(root, backlogConfigs)) === null) return null;
  const { BacklogTrackerAdapter } = await import("@signalbox/tracker-backlog-md");
  const tracker = new BacklogTrackerAdapter({}, { folder: root });
  const description = await unlessUnreadable(tracker.describe(AbortSignal.timeout(limitMs)));
  const [tasks] = description?.files ?? [];
  if (description === null || tasks === undefined) return null;
  return { path: relative(root, dirname(tasks)), states: description.states };
}

async function firstOf(root: string, places: readonly string[]): Promise<string | null> {
  for (const place of places) {
    const found = await stat(join(root, place)).catch(() => null);
    if (found !== null && (found.isFile() || place.endsWith(".d"))) return place;
  }
  return null;
}

/** `null`: `signalbox validate` says what is wrong with it. */
async function unlessUnreadable<Result>(reading: Promise<Result>): Promise<Result | null> {
  try {
    return await reading;
  } catch (error) {
    if (SignalboxError.isInstance(error)) return null;
    throw error;
  }
}
