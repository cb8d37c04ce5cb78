export { default } from "./plugin.ts";
export { roadmapOptionsSchema } from "./roadmap-options.ts";
export type { RoadmapOptions } from "./roadmap-options.ts";
export { RoadmapTrackerAdapter } from "./roadmap-tracker.ts";
export type { RoadmapHost } from "./roadmap-tracker.ts";
