import type { WorkflowConfig } from "@signalbox/contracts";
import type { OrchestratorState } from "@signalbox/core";
import { waitedFor } from "./waited-for.ts";

/** Where signals come from: `process`, or a test. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/** The part of an orchestrator that signals act on. */
export interface Stoppable {
  readonly state: OrchestratorState;
  stop(options?: { readonly drain?: boolean }): Promise<void>;
}

export interface SignalWatch extends Disposable {
  /** Does what the first SIGINT does; nothing where the end has begun already. */
  readonly drain: () => void;
  /** Resolves when what the last signal asked for is done. */
  readonly stopped: Promise<void>;
}

/**
 * The first SIGINT drains: what runs goes on to its end, nothing new starts. The second stops the agents. SIGTERM and
 * SIGHUP end the daemon as `on_terminate` says. `say` tells the person who sent the signal what is waited for.
 */
export function watchSignals(
  source: SignalSource,
  orchestrator: Stoppable,
  config: WorkflowConfig,
  say: (line: string) => void,
): SignalWatch {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let level: "none" | "draining" | "stopping" = "none";
  const drain = (): void => {
    level = "draining";
    say(`Draining: ${waitedFor(orchestrator.state)}. Ctrl-C again stops them.`);
    // A drain that a later stop overtakes ends with it.
    orchestrator.stop({ drain: true }).then(resolve, reject);
  };
  const stop = (text: string): void => {
    if (level === "stopping") {
      say(`Still stopping: ${waitedFor(orchestrator.state)}.`);
      return;
    }
    level = "stopping";
    say(text);
    orchestrator.stop().then(resolve, reject);
  };
  const interrupt = (): void => {
    if (level === "none") drain();
    else stop(`Stopping the agents: ${waitedFor(orchestrator.state)}.`);
  };
  const terminate = (): void => stop(terminateText(config, orchestrator.state));
  const listeners: readonly (readonly [NodeJS.Signals, () => void])[] = [
    ["SIGINT", interrupt],
    ["SIGTERM", terminate],
    ["SIGHUP", terminate],
  ];
  for (const [signal, listener] of listeners) source.on(signal, listener);
  return {
    drain: () => {
      if (level === "none") drain();
    },
    stopped: promise,
    [Symbol.dispose]: () => {
      for (const [signal, listener] of listeners) source.off(signal, listener);
    },
  };
}

function terminateText(config: WorkflowConfig, state: OrchestratorState): string {
  return config.runner === "process" && config.onTerminate === "leave"
    ? `Ending; the next daemon takes over: ${waitedFor(state)}.`
    : `Stopping the agents: ${waitedFor(state)}.`;
}
