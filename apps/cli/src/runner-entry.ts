import { runRunner } from "@signalbox/runner/entry";
import { WorkspaceManager } from "@signalbox/workspaces";
import { createBackend } from "./compose/load-plugins.ts";
import { systemClock } from "./compose/system-clock.ts";

await runRunner({
  clock: systemClock,
  createBackend,
  createWorkspaces: (config, logger) => new WorkspaceManager(config, { logger }),
});
// What a plugin left open must not keep the runner.
process.exit();
