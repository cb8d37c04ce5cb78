// @ts-check
import { definePlugin } from "@signalbox/contracts";
import { Client } from "./client.js";
import { optionsSchema } from "./options.js";
import { ServiceTracker } from "./tracker.js";

/** The plugin that `tracker.kind: example` names. */
export default definePlugin({
  kind: "tracker",
  name: "example",
  contractVersion: 1,
  configSchema: optionsSchema,
  defaults: {
    activeStates: ["To Do", "In Progress"],
    terminalStates: ["Done"],
    states: { running: "In Progress", succeeded: "Done" },
  },
  create: (options, context) =>
    new ServiceTracker(new Client(options, context.fetch), context.logger),
});
