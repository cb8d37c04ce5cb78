export { createIssue } from "./create-issue.ts";
export type { NewIssue } from "./create-issue.ts";
export type { MemoryOptions } from "./memory-options.ts";
export { MemoryTracker } from "./memory-tracker.ts";
export type { MemoryTrackerOptions, MemoryWrite } from "./memory-tracker.ts";
export { default } from "./plugin.ts";
