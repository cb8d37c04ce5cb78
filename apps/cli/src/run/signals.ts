import type { WorkflowConfig } from "@signalbox/contracts";
import type { OrchestratorState } from "@signalbox/core";
import { statusOf } from "@signalbox/views";
import { waitedFor } from "./waited-for.ts";

const maxNames = 5;

/** Where signals come from: `process`, or a test. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/** The part of an orchestrator that signals act on. */
export interface Stoppable {
  readonly state: OrchestratorState;
  stop(options?: { readonly drain?: boolean; readonly leave?: boolean }): Promise<void>;
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
    const { running, delivering } = statusOf(orchestrator.state, orchestrator.state.at);
    const isIdle = running.length + delivering.length === 0;
    const stop = isIdle ? "" : " Ctrl-C again stops them.";
    say(`Draining: ${waitedFor(orchestrator.state)}.${stop}`);
    // A drain that a later stop overtakes ends with it.
    orchestrator.stop({ drain: true }).then(resolve, reject);
  };
  const end = (text: string, leave: boolean): void => {
    if (level === "stopping") {
      say(`Still stopping: ${waitedFor(orchestrator.state)}.`);
      return;
    }
    level = "stopping";
    say(text);
    orchestrator.stop({ leave }).then(resolve, reject);
  };
  const stop = (): void => end(`Stopping the agents: ${waitedFor(orchestrator.state)}.`, false);
  const interrupt = (): void => {
    if (level === "none") drain();
    else stop();
  };
  const terminate = (): void => {
    if (config.runner === "process" && config.onTerminate === "leave") {
      end(leavingText(orchestrator.state), true);
    } else stop();
  };
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

function leavingText(state: OrchestratorState): string {
  const names = statusOf(state, state.at).running.map((row) => row.identifier);
  if (names.length === 0) return "Ending: no agent is at work.";
  const shown = names.slice(0, maxNames).join(", ");
  const more = names.length > maxNames ? ", …" : "";
  return `Ending; the agents work on, and the next daemon takes them over: ${shown}${more}.`;
}
