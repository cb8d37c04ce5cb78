export { BacklogTrackerAdapter } from "./backlog-tracker.ts";
export type { BacklogHost } from "./backlog-tracker.ts";
export { backlogOptionsSchema } from "./backlog-options.ts";
export type { BacklogOptions } from "./backlog-options.ts";
export { default } from "./plugin.ts";
