import {
  SignalboxError,
  type Backend,
  type ConfigSource,
  type Logger,
  type RunHost,
  type WorkflowConfig,
  type WorkspaceProvider,
} from "@signalbox/contracts";
import type { OrchestratorPorts } from "@signalbox/orchestrator";
import {
  InlineRunHost,
  ProcessRunHost,
  pruneRuns,
  pruneSessions,
  sweepSockets,
} from "@signalbox/runner";
import { runnerArguments, runnerEntry } from "../runner-location.ts";
import { handOverFirst, type HandingOver } from "./hand-over-first.ts";
import { agentNeeds, createBackend } from "./load-plugins.ts";
import { systemClock } from "./system-clock.ts";

const pruneIntervalMs = 86_400_000;
/** Recovery comes first: what is removed cannot be recovered. */
const firstPruneMs = 3_600_000;

/** Runs agents as the configuration says, and removes once a day what is left of old runs. */
export function createRunHost(
  source: ConfigSource,
  workspaces: WorkspaceProvider | HandingOver,
  logger: Logger,
): RunHost {
  const config = source.current();
  const host =
    config.runner === "process"
      ? processRunHost(config, workspaces, logger)
      : inlineRunHost(config, workspaces, logger);
  const pruning = pruneDaily(source, logger);
  void sweep(config.stateDir, logger);
  return {
    start: (order, observer) => host.start(order, observer),
    stop: (runId, reason) => host.stop(runId, reason),
    recover: (recovery, observer) => host.recover(recovery, observer),
    close: async (runs) => {
      pruning[Symbol.dispose]();
      await host.close(runs);
      await sweep(config.stateDir, logger);
    },
  };
}

/** Runners make their own workspaces: they would know nothing of those that an embedder keeps. */
export function refuseSplitWorkspaces(
  { runner }: WorkflowConfig,
  { workspaces, runHost }: Partial<OrchestratorPorts>,
): void {
  if (runner === "inline" || workspaces === undefined || runHost !== undefined) return;
  throw new SignalboxError(
    "workflow_invalid",
    "Workspaces of your own cannot be used with `runner: process`, whose runs have processes of their own",
    { remedy: "Write `runner: inline`, or give a `runHost` of your own, too." },
  );
}

function processRunHost(
  { agent, stateDir }: WorkflowConfig,
  workspaces: WorkspaceProvider | HandingOver,
  logger: Logger,
): RunHost {
  const host = new ProcessRunHost({
    runnerEntry,
    nodeArguments: runnerArguments,
    entryArguments: [`backend-${agent.backend}`],
    stateDir,
    clock: systemClock,
    logger,
  });
  host.warm();
  return "handOver" in workspaces ? handOverFirst(host, workspaces) : host;
}

function inlineRunHost(
  { stateDir }: WorkflowConfig,
  workspaces: WorkspaceProvider,
  logger: Logger,
): RunHost {
  const loadBackend = backendsByConfig(logger);
  return new InlineRunHost({
    workspaces,
    loadBackend,
    agentNeeds,
    stateDir,
    clock: systemClock,
    logger,
  });
}

/** One backend for all runs of a configuration; one that cannot be made is tried again by the next run. */
function backendsByConfig(logger: Logger): (config: WorkflowConfig) => Promise<Backend> {
  const made = new WeakMap<WorkflowConfig, Promise<Backend>>();
  return (config) => {
    const known = made.get(config);
    if (known !== undefined) return known;
    const backend = createBackend(config, logger);
    made.set(config, backend);
    backend.catch(() => made.delete(config));
    return backend;
  };
}

function pruneDaily(source: ConfigSource, logger: Logger): Disposable {
  let timer: Disposable;
  const prune = async (): Promise<void> => {
    timer = systemClock.setTimer(pruneIntervalMs, () => void prune());
    const { retention, stateDir } = source.current();
    try {
      const order = { stateDir, retention, now: systemClock.now() };
      await pruneRuns(order);
      await pruneSessions(order);
    } catch (error) {
      logLeft(error, logger);
    }
    await sweep(stateDir, logger);
  };
  timer = systemClock.setTimer(firstPruneMs, () => void prune());
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}

/** Runners that were killed have left their sockets. */
async function sweep(stateDir: string, logger: Logger): Promise<void> {
  try {
    await sweepSockets(stateDir, process.env);
  } catch (error) {
    logLeft(error, logger);
  }
}

function logLeft(error: unknown, logger: Logger): void {
  const message = error instanceof Error ? error.message : String(error);
  logger.log("warn", "What is left of old runs could not be removed.", { error: message });
}
