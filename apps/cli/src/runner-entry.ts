import { runRunner } from "@signalbox/runner/entry";
import { WorkspaceManager } from "@signalbox/workspaces";
import { agentNeeds, createBackend } from "./compose/load-plugins.ts";
import { systemClock } from "./compose/system-clock.ts";
import { rehearse } from "./rehearse.ts";

/** Which built-in to load while there is no order yet. */
const expected = process.argv[2] ?? "";

await runRunner({
  clock: systemClock,
  createBackend,
  agentNeeds,
  preload: async () => {
    await rehearse(expected);
  },
  createWorkspaces: (config, logger) => new WorkspaceManager(config, { logger }),
});
// What a plugin left open must not keep the runner.
process.exit();
