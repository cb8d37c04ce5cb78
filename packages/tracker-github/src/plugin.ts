import { definePlugin } from "@signalbox/contracts";
import type { TrackerPlugin } from "@signalbox/contracts";
import { githubOptionsSchema } from "./github-options.ts";
import type { GithubOptions } from "./github-options.ts";
import { GithubTrackerAdapter } from "./github-tracker.ts";

/** The plugin that `tracker.kind: github` names. The states are those of labels; other sources need their own. */
const githubTracker: TrackerPlugin<GithubOptions> = definePlugin<GithubOptions>({
  kind: "tracker",
  name: "github",
  contractVersion: 1,
  configSchema: githubOptionsSchema,
  defaults: {
    activeStates: ["todo", "in-progress"],
    terminalStates: ["done", "canceled"],
    states: { running: "in-progress", succeeded: "done", needsHuman: "needs-human" },
  },
  create: (options, context) => new GithubTrackerAdapter(options, context),
});

export default githubTracker;
