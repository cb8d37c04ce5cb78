import type { WorkflowConfig } from "@signalbox/contracts";
import { createFromPlugin } from "@signalbox/plugin-loader";
import { findPlugin, pluginContext } from "../compose/load-plugins.ts";
import { LineLogger } from "../log-lines.ts";
import type { Surroundings } from "../surroundings.ts";
import type { OpenTracker } from "./look.ts";

/** Opens the workflow's tracker for as long as `use` needs it. Its warnings go to stderr. */
export async function withTracker<Result>(
  config: WorkflowConfig,
  { environment, err }: Surroundings,
  use: (open: OpenTracker) => Promise<Result>,
): Promise<Result> {
  const plugin = await findPlugin("tracker", config.tracker.kind, config);
  const logger = new LineLogger({
    format: "plain",
    level: "warn",
    now: Date.now,
    write: (line) => err.line(line),
  });
  const { provider } = config.tracker;
  const tracker = await createFromPlugin(
    plugin,
    provider,
    pluginContext(config, logger),
    environment,
  );
  try {
    return await use({ tracker, defaults: plugin.defaults });
  } finally {
    await tracker.close?.();
  }
}
