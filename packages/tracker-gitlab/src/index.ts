export type { GitlabOptions, StateSourceName } from "./gitlab-options.ts";
export { GitlabTrackerAdapter } from "./gitlab-tracker.ts";
export type { GitlabHost } from "./gitlab-tracker.ts";
export { default } from "./plugin.ts";
