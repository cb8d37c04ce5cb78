import { definePlugin } from "@signalbox/contracts";
import type { TrackerPlugin } from "@signalbox/contracts";
import { gitlabOptionsSchema } from "./gitlab-options.ts";
import type { GitlabOptions } from "./gitlab-options.ts";
import { GitlabTrackerAdapter } from "./gitlab-tracker.ts";

/** The plugin that `tracker.kind: gitlab` names. The states are those of labels; open and closed need their own. */
const gitlabTracker: TrackerPlugin<GitlabOptions> = definePlugin<GitlabOptions>({
  kind: "tracker",
  name: "gitlab",
  contractVersion: 1,
  configSchema: gitlabOptionsSchema,
  defaults: {
    activeStates: ["todo", "in-progress"],
    terminalStates: ["done", "canceled"],
    states: { running: "in-progress", succeeded: "done", needsHuman: "needs-human" },
  },
  create: (options, context) => new GitlabTrackerAdapter(options, context),
});

export default gitlabTracker;
