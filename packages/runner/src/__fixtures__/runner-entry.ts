import { CommandBackend } from "@signalbox/backend-command";
import { WorkspaceManager } from "@signalbox/workspaces";
import { runRunner } from "../entry/index.ts";
import { ChattyBackend } from "./chatty-backend.ts";
import { LateBackend } from "./late-backend.ts";
import { realClock } from "./real-clock.ts";

/** A runner with the backends `command` (its options are `command.program`), `chatty` and `late`. */
await runRunner({
  clock: realClock,
  createBackend: async ({ agent, backends }, logger) => {
    logger.log("debug", "The backend is made.", { key: process.env["SIGNALBOX_TEST_SECRET"] ?? "" });
    if (agent.backend === "chatty") return new ChattyBackend();
    if (agent.backend === "late") return new LateBackend();
    const script = backends["command"]?.["script"];
    return new CommandBackend({
      program: ["sh", "-c", String(script)],
      passEnv: ["SIGNALBOX_TEST_SECRET", "SIGNALBOX_TEST_TRACKER_KEY"],
    });
  },
  agentNeeds: async () => ({ loginPaths: [], modelEndpoints: [] }),
  createWorkspaces: (config, logger) => new WorkspaceManager(config, { logger }),
});
process.exit();
