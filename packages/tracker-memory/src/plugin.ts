import { definePlugin } from "@signalbox/contracts";
import type { TrackerPlugin } from "@signalbox/contracts";
import { memoryOptionsSchema } from "./memory-options.ts";
import type { MemoryOptions } from "./memory-options.ts";
import { MemoryTracker } from "./memory-tracker.ts";

/** The plugin that `tracker.kind: memory` names. */
const memoryTracker: TrackerPlugin<MemoryOptions> = definePlugin<MemoryOptions>({
  kind: "tracker",
  name: "memory",
  contractVersion: 1,
  configSchema: memoryOptionsSchema,
  defaults: {
    activeStates: ["todo", "in-progress"],
    terminalStates: ["done", "canceled"],
    states: { running: "in-progress", succeeded: "done", needsHuman: "needs-human" },
  },
  create: (options, { now }) => new MemoryTracker({ ...options, now }),
});

export default memoryTracker;
