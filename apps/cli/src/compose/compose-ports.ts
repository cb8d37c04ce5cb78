import { hostname } from "node:os";
import { isAbsolute } from "node:path";
import type { ConfigSource, Delivery, Logger, Tracker, WorkflowConfig } from "@signalbox/contracts";
import { GitDelivery } from "@signalbox/delivery";
import type { OrchestratorPorts } from "@signalbox/orchestrator";
import { createFromPlugin } from "@signalbox/plugin-loader";
import { openWorkflow } from "@signalbox/workflow";
import { WorkspaceManager } from "@signalbox/workspaces";
import { journalFile } from "../observe/journal-file.ts";
import { acceptContainment } from "./agent-containment.ts";
import { warnOfDoubtfulStates } from "./doubtful-states.ts";
import { inPlaceFiles } from "./in-place-files.ts";
import { createRunHost, refuseSplitWorkspaces } from "./create-run-host.ts";
import type { HandingOver } from "./hand-over-first.ts";
import { createBackend, findPlugin, pluginContext } from "./load-plugins.ts";
import { memoryProbe } from "./memory-probe.ts";
import { refuseMissingPrograms } from "./refuse-missing-programs.ts";
import { refusePrompt } from "./refuse-prompt.ts";
import { refuseUnavailable } from "./refuse-unavailable.ts";
import { systemClock } from "./system-clock.ts";

/**
 * Fills every port for one configuration. What the configuration names is loaded here and nowhere else; a mistake in
 * it rejects before anything is opened that would have to be closed.
 */
export async function composePorts(
  config: WorkflowConfig,
  logger: Logger,
  given: Partial<OrchestratorPorts>,
): Promise<OrchestratorPorts> {
  if (given.config !== undefined) await accept(config, logger);
  const trackerPlugin = await findPlugin("tracker", config.tracker.kind, config);
  const context = pluginContext(config, logger);
  const tracker =
    given.tracker ??
    (await createFromPlugin(trackerPlugin, config.tracker.provider, context, process.env));
  const source = given.config ?? (await followFile(config, logger));
  try {
    refuseSplitWorkspaces(config, given);
    const workspaces = given.workspaces ?? currentWorkspaces(source, logger);
    const journal = given.journal ?? (await openJournal(config, logger));
    return {
      clock: systemClock,
      config: source,
      tracker,
      trackerDefaults: trackerPlugin.defaults,
      workspaces,
      delivery: currentDelivery(source, tracker, logger),
      journal,
      // Last of all: a runner that waits for its first order must not be left behind by what fails here.
      runHost: given.runHost ?? createRunHost(source, workspaces, logger),
      resources: memoryProbe,
      logger,
      owner: { pid: process.pid, host: hostname(), since: Date.now() },
      ...given,
    };
  } catch (error) {
    await source.close?.();
    await tracker.close?.();
    throw error;
  }
}

/** Follows the workflow file; its first version and every edit count when the adapters that they name accept them. */
function followFile(config: WorkflowConfig, logger: Logger): Promise<ConfigSource> {
  return openWorkflow(config.source.path, {
    stateDir: config.stateDir,
    logger,
    accept: (next) => accept(next, logger),
  });
}

/** Rejects what could not be run, and warns of what would surprise. */
async function accept(config: WorkflowConfig, logger: Logger): Promise<void> {
  refuseUnavailable(config);
  refusePrompt(config);
  await refuseMissingPrograms(config, process.env, logger);
  await createBackend(config, logger);
  await acceptContainment(config, logger);
  const { defaults } = await findPlugin("tracker", config.tracker.kind, config);
  warnOfDoubtfulStates(config, defaults, logger);
}

/** Hooks and delivery settings apply as they are in the file at the moment of use. */
function currentWorkspaces(source: ConfigSource, logger: Logger): HandingOver {
  const manager = perConfig(source, (config) => new WorkspaceManager(config, { logger }));
  return {
    prepare: (order, signal) => manager().prepare(order, signal),
    handOver: (order, signal) => manager().handOver(order, signal),
    expect: (orders, signal) => manager().expect(orders, signal),
    fingerprint: (workspace, signal) => manager().fingerprint(workspace, signal),
    tip: (workspace) => manager().tip(workspace),
    remove: (workspace, signal) => manager().remove(workspace, signal),
  };
}

function currentDelivery(source: ConfigSource, tracker: Tracker, logger: Logger): Delivery {
  let known: readonly string[] | null = null;
  const delivery = async (): Promise<GitDelivery> => {
    const config = source.current();
    try {
      known = await inPlaceFiles(tracker, config.workspace.repository);
    } catch (error) {
      // A file that cannot be read at this moment is protected all the same.
      if (known === null) throw error;
    }
    return new GitDelivery(config, { protectedPaths: known, logger });
  };
  const deliver: Delivery["deliver"] = async (order, signal) =>
    (await delivery()).deliver(order, signal);
  // What was delivered to a URL is read from the mirror, which is lost with the journal.
  if (!isAbsolute(source.current().workspace.repository)) return { deliver };
  return { deliver, findDelivered: async (signal) => (await delivery()).findDelivered(signal) };
}

/** One instance as long as the configuration stays the same. */
function perConfig<T>(source: ConfigSource, make: (config: WorkflowConfig) => T): () => T {
  let made: { readonly config: WorkflowConfig; readonly value: T } | null = null;
  return () => {
    const config = source.current();
    if (made?.config !== config) made = { config, value: make(config) };
    return made.value;
  };
}

async function openJournal(
  config: WorkflowConfig,
  logger: Logger,
): Promise<OrchestratorPorts["journal"]> {
  const plugin = await findPlugin("journal", config.journal.kind, config);
  return createFromPlugin(plugin, journalFile(config), pluginContext(config, logger), process.env);
}
