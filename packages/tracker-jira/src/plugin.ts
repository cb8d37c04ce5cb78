import { definePlugin } from "@signalbox/contracts";
import type { TrackerPlugin } from "@signalbox/contracts";
import { jiraOptionsSchema } from "./jira-options.ts";
import type { JiraOptions } from "./jira-options.ts";
import { JiraTrackerAdapter } from "./jira-tracker.ts";

/**
 * The plugin that `tracker.kind: jira` names. The states are those of Jira's simplest workflow, and the names of its
 * status categories as well: they fit any project whose states are read from categories.
 */
const jiraTracker: TrackerPlugin<JiraOptions> = definePlugin<JiraOptions>({
  kind: "tracker",
  name: "jira",
  contractVersion: 1,
  configSchema: jiraOptionsSchema,
  defaults: {
    activeStates: ["To Do", "In Progress"],
    terminalStates: ["Done"],
    states: { running: "In Progress", succeeded: "Done" },
  },
  create: (options, context) => new JiraTrackerAdapter(options, context),
});

export default jiraTracker;
