import { pathToFileURL } from "node:url";
import type {
  Backend,
  JsonObject,
  Logger,
  Plugin,
  PluginContext,
  PluginKind,
  WorkflowConfig,
} from "@signalbox/contracts";
import { createFromPlugin, loadPlugin } from "@signalbox/plugin-loader";
import { builtIns } from "../built-ins.ts";

/** Finds a plugin from the workflow file's folder first, then among the built-ins. */
export function findPlugin<Kind extends PluginKind>(
  kind: Kind,
  name: string,
  config: WorkflowConfig,
): Promise<Extract<Plugin, { kind: Kind }>> {
  const folder = pathToFileURL(`${config.source.folder}/`);
  return loadPlugin({ kind, name, resolveFrom: [folder, new URL(import.meta.url)], builtIns });
}

export function pluginContext(config: WorkflowConfig, logger: Logger): PluginContext {
  return {
    folder: config.source.folder,
    repository: config.workspace.repository,
    logger,
    fetch: globalThis.fetch,
    now: () => Date.now(),
  };
}

/** The backend that a configuration names, with its own options. */
export async function createBackend(config: WorkflowConfig, logger: Logger): Promise<Backend> {
  const { backend } = config.agent;
  const plugin = await findPlugin("backend", backend, config);
  const options: JsonObject = config.backends[backend] ?? {};
  return createFromPlugin(plugin, options, pluginContext(config, logger), process.env);
}
