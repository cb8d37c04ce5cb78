import { definePlugin } from "@signalbox/contracts";
import type { TrackerPlugin } from "@signalbox/contracts";
import { backlogOptionsSchema } from "./backlog-options.ts";
import type { BacklogOptions } from "./backlog-options.ts";
import { BacklogTrackerAdapter } from "./backlog-tracker.ts";

/** The plugin that `tracker.kind: backlog-md` names. */
const backlogTracker: TrackerPlugin<BacklogOptions> = definePlugin<BacklogOptions>({
  kind: "tracker",
  name: "backlog-md",
  contractVersion: 1,
  configSchema: backlogOptionsSchema,
  defaults: {
    activeStates: ["To Do", "In Progress"],
    terminalStates: ["Done"],
    states: { running: "In Progress", succeeded: "Done" },
  },
  create: (options, context) => new BacklogTrackerAdapter(options, context),
});

export default backlogTracker;
