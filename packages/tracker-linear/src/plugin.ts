import { definePlugin } from "@signalbox/contracts";
import type { TrackerPlugin } from "@signalbox/contracts";
import { linearOptionsSchema } from "./linear-options.ts";
import type { LinearOptions } from "./linear-options.ts";
import { LinearTrackerAdapter } from "./linear-tracker-adapter.ts";
import { LinearTrackerExtension } from "./linear-tracker-extension.ts";

/** The plugin that `tracker.kind: linear` names. */
const linearTracker: TrackerPlugin<LinearOptions> = definePlugin<LinearOptions>({
  kind: "tracker",
  name: "linear",
  contractVersion: 1,
  configSchema: linearOptionsSchema,
  defaults: {
    activeStates: ["Todo", "In Progress"],
    terminalStates: ["Done", "Canceled", "Duplicate"],
    states: { running: "In Progress" },
  },
  create: (options, host) =>
    (options.agentSessions ?? options.token !== undefined)
      ? new LinearTrackerExtension(options, host)
      : new LinearTrackerAdapter(options, host),
});

export default linearTracker;
