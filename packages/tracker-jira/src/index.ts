export type { JiraOptions, StateSourceName } from "./jira-options.ts";
export { JiraTrackerAdapter } from "./jira-tracker.ts";
export type { JiraHost } from "./jira-tracker.ts";
export { default } from "./plugin.ts";
