import { describeContainment } from "@signalbox/process";
import { runRunner } from "@signalbox/runner/entry";
import { WorkspaceManager } from "@signalbox/workspaces";
import { builtIns } from "./built-ins.ts";
import { agentNeeds, createBackend } from "./compose/load-plugins.ts";
import { systemClock } from "./compose/system-clock.ts";

/** Which built-in to load while there is no order yet. */
const expected = process.argv[2];

await runRunner({
  clock: systemClock,
  createBackend,
  agentNeeds,
  preload: async () => {
    void describeContainment();
    if (expected !== undefined && Object.hasOwn(builtIns, expected)) await builtIns[expected]?.();
  },
  createWorkspaces: (config, logger) => new WorkspaceManager(config, { logger }),
});
// What a plugin left open must not keep the runner.
process.exit();
