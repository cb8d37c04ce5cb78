import { definePlugin } from "@signalbox/contracts";
import type { TrackerPlugin } from "@signalbox/contracts";
import { roadmapOptionsSchema } from "./roadmap-options.ts";
import type { RoadmapOptions } from "./roadmap-options.ts";
import { RoadmapTrackerAdapter } from "./roadmap-tracker.ts";

/** The plugin that `tracker.kind: roadmap` names. */
const roadmapTracker: TrackerPlugin<RoadmapOptions> = definePlugin<RoadmapOptions>({
  kind: "tracker",
  name: "roadmap",
  contractVersion: 1,
  configSchema: roadmapOptionsSchema,
  defaults: {
    activeStates: ["planned", "in-progress"],
    terminalStates: ["done"],
    states: { running: "in-progress", succeeded: "done", needsHuman: "needs-human" },
  },
  create: (options, context) => new RoadmapTrackerAdapter(options, context),
});

export default roadmapTracker;
