// @ts-check
import { definePlugin } from "@signalbox/contracts";
import { ProgramBackend } from "./backend.js";
import { optionsSchema } from "./options.js";

/** The plugin that `agent.backend: example` names. */
export default definePlugin({
  kind: "backend",
  name: "example",
  contractVersion: 1,
  configSchema: optionsSchema,
  // Every program is started with the order's containment: see session.js.
  honoursContainment: true,
  create: (options) => new ProgramBackend(options),
});
