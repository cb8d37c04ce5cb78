import type { LogLevel } from "@signalbox/contracts";
import { loadWorkflowConfig } from "@signalbox/workflow";
import { Orchestrator } from "../orchestrator.ts";
import { runDaemon, type CreateOrchestrator } from "../run/run-daemon.ts";
import { keepMemorySmall } from "../run/small-memory.ts";
import { takeOver, withHaltedOwner } from "../run/take-over.ts";
import type { Surroundings } from "../surroundings.ts";

export interface RunOptions {
  readonly file?: string | undefined;
  readonly once: boolean;
  /** End the daemon that has the journal first. */
  readonly takeOver: boolean;
  readonly json: boolean;
  readonly stateDir?: string;
  readonly logLevel: LogLevel;
}

/** Runs the daemon in this process. */
export async function run(options: RunOptions, surroundings: Surroundings): Promise<void> {
  keepMemorySmall();
  const { cwd, environment } = surroundings;
  const { stateDir } = options;
  const place = { cwd, environment, ...(stateDir === undefined ? {} : { stateDir }) };
  const config = loadWorkflowConfig(options.file, place);
  if (options.takeOver) {
    const pid = await takeOver(config);
    if (pid !== null) surroundings.err.line(`signalbox: took over from the daemon with pid ${pid}`);
  }
  try {
    await runDaemon(config, options, createOrchestrator, surroundings, process);
  } catch (error) {
    throw await withHaltedOwner(error, config);
  }
}

const createOrchestrator: CreateOrchestrator = (config, options) =>
  new Orchestrator(config, options);
