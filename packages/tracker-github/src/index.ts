export type { GithubOptions, ProjectOption, StateSourceName } from "./github-options.ts";
export { GithubTrackerAdapter } from "./github-tracker.ts";
export type { GithubHost } from "./github-tracker.ts";
export { default } from "./plugin.ts";
export { readRemote } from "./repository-name.ts";
export { ensureStatusLabels } from "./status-labels.ts";
export type { StatusLabelOrder, StatusLabelReport } from "./status-labels.ts";
