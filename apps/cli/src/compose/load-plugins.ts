import { pathToFileURL } from "node:url";
import {
  SignalboxError,
  type AgentNeeds,
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
  try {
    return await loadPlugin({ kind, name, resolveFrom, builtIns });
  } catch (error) {
    if (kind === "backend" && isBackendUnnamed(config.raw)) throw withoutDefault(error);
    throw error;
  }
}

function isBackendUnnamed({ agent }: JsonObject): boolean {
  return (
    agent === undefined ||
    agent === null ||
    (typeof agent === "object" && (!("backend" in agent) || agent["backend"] === null))
  );
}

/** The file names no backend, so what its default lacks is not what has to be mended first. */
function withoutDefault(error: unknown): unknown {
  if (!SignalboxError.isInstance(error) || error.code !== "plugin_not_found") return error;
  const otherwise = error.remedy === null ? "" : ` Or: ${error.remedy}`;
  return new SignalboxError(
    error.code,
    `\`agent.backend\` is not written, and its default is not installed: ${error.message}`,
    {
      remedy: `Name a built-in one, as in \`agent: { backend: command }\`.${otherwise}`,
      cause: error,
    },
  );
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
