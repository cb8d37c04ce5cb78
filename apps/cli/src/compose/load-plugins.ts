import { pathToFileURL } from "node:url";
import {
  SignalboxError,
  type AgentNeeds,
  type AgentProgram,
  type Backend,
  type JsonObject,
  type Logger,
  type Plugin,
  type PluginContext,
  type PluginKind,
  type WorkflowConfig,
} from "@signalbox/contracts";
import { checkPluginOptions, createFromPlugin, loadPlugin } from "@signalbox/plugin-loader";
import { builtIns } from "../built-ins.ts";

/** Finds a plugin from the workflow file's folder first, then among the built-ins, then beside this package. */
export async function findPlugin<Kind extends PluginKind>(
  kind: Kind,
  name: string,
  config: WorkflowConfig,
): Promise<Extract<Plugin, { kind: Kind }>> {
  const folder = pathToFileURL(`${config.source.folder}/`);
  // What is built in is loaded as it was bundled, not once more from the dependencies that it was bundled from.
  const isBuiltIn = Object.hasOwn(builtIns, `${kind}-${name}`);
  const resolveFrom = isBuiltIn ? [folder] : [folder, new URL(import.meta.url)];
  return loadPlugin({ kind, name, resolveFrom, builtIns });
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

/**
 * The program that the backend starts; `null` where it starts none. Also where it cannot be loaded, or not with these
 * options: whoever makes the backend says what is wrong.
 */
export async function agentProgram(
  config: WorkflowConfig,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<AgentProgram | null> {
  const { backend } = config.agent;
  try {
    const plugin = await findPlugin("backend", backend, config);
    const check = await checkPluginOptions(plugin, config.backends[backend] ?? {}, environment);
    return check.kind === "valid" ? (plugin.program?.(check.options) ?? null) : null;
  } catch (error) {
    if (SignalboxError.isInstance(error)) return null;
    throw error;
  }
}

/** What a sandbox has to let through for the backend; `null`: it does not start its programs in sandboxes. */
export async function agentNeeds(config: WorkflowConfig): Promise<AgentNeeds | null> {
  const { backend } = config.agent;
  const plugin = await findPlugin("backend", backend, config);
  if (plugin.honoursContainment !== true) return null;
  const check = await checkPluginOptions(plugin, config.backends[backend] ?? {}, process.env);
  // Whoever makes the backend says what is wrong with them.
  if (check.kind !== "valid") return { loginPaths: [], modelEndpoints: [] };
  const { options } = check;
  const { loginPaths = [], modelEndpoints, readablePaths } = plugin;
  return {
    loginPaths: typeof loginPaths === "function" ? loginPaths(options) : loginPaths,
    readablePaths: readablePaths?.(options) ?? [],
    modelEndpoints: modelEndpoints?.(options) ?? [],
  };
}
