import {
  SignalboxError,
  type Logger,
  type Plugin,
  type WorkflowConfig,
  type WorkflowProblem,
} from "@signalbox/contracts";
import { createFromPlugin } from "@signalbox/plugin-loader";
import type { Locate } from "@signalbox/workflow";
import { pluginContext } from "../compose/load-plugins.ts";

/** Built-in trackers whose issues stand in files of this machine: a look at them needs no account and no network. */
const fileTrackers: ReadonlySet<string> = new Set(["roadmap", "backlog-md"]);
/** Spellings of the option that names the file, as the adapters take them. */
const pathOptions = ["path", "file_path", "filePath"];
const limitMs = 10_000;

const silent: Logger = { log: () => undefined };

/**
 * Why the file of a tracker cannot be read, at the option that names it; `null` where it can, and for trackers that are
 * elsewhere. An error, as it is for a run; a warning where it may be over in a moment.
 */
export async function unreadableFile(
  plugin: Extract<Plugin, { kind: "tracker" }>,
  config: WorkflowConfig,
  locate: Locate,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<WorkflowProblem | null> {
  const { kind, provider } = config.tracker;
  if (!fileTrackers.has(kind)) return null;
  const context = pluginContext(config, silent);
  const tracker = await createFromPlugin(plugin, provider, context, environment);
  try {
    await tracker.describe?.(AbortSignal.timeout(limitMs));
    return null;
  } catch (error) {
    if (!SignalboxError.isInstance(error)) throw error;
    const option = pathOptions.find((name) => provider[name] !== undefined);
    const key = ["tracker", ...(option === undefined ? ["kind"] : ["provider", option])];
    const place = locate(key);
    const { code, message, retryable } = error;
    return {
      severity: retryable ? "warning" : "error",
      code,
      message,
      remedy: error.remedy ?? `The README of \`${kind}\` says what it reads.`,
      path: config.source.path,
      line: place?.line ?? null,
      column: place?.column ?? null,
      key: key.join("."),
    };
  } finally {
    await tracker.close?.();
  }
}
