import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type Backend,
  type BackendErrorCode,
  type Session,
  SignalboxError,
  type SessionOrder,
} from "@signalbox/contracts";
import { agentStartError, locateProgram, toolVariables } from "@signalbox/process";
import { type AcpOptions, type ResolvedOptions, resolveOptions } from "./acp-options.ts";
import { AcpSession } from "./acp-session.ts";
import { programEnvironment, terminalEnvironment } from "./program-environment.ts";
import { WorkspaceFiles } from "./workspace-files.ts";

/**
 * Any agent that speaks the Agent Client Protocol, version 1, on its standard input and output. A session is one process;
 * its conversation is kept by the agent itself, so that another process can go on with it where the agent offers that.
 */
export class AcpBackend implements Backend {
  readonly #options: ResolvedOptions;

  /** Throws a `TypeError` where the options name no agent. */
  constructor(options: AcpOptions) {
    this.#options = resolveOptions(options);
  }

  /**
   * Starts the agent and waits until it takes prompts. Rejects with `agent-not-found`, `spawn`, `agent-exit`,
   * `agent-protocol`, `auth`, `setup`, `startup-timed-out`, what its model's service refuses, or `internal` where the
   * session was stopped.
   */
  async startSession(order: SessionOrder): Promise<Session> {
    const options = this.#options;
    const { binFolder } = order.tools;
    const withTools = (given: Readonly<Record<string, string>>): Record<string, string> => {
      return { ...given, ...toolVariables(binFolder, given["PATH"]) };
    };
    const environment = withTools(programEnvironment(options, process.env, order.environment));
    const { cwd, signal } = order;
    try {
      await locateProgram({ program: options.program[0], cwd, environment });
      refuseForcedSettings(options, cwd);
      return await AcpSession.start({
        options,
        session: order,
        environment,
        terminalEnvironment: withTools(terminalEnvironment(process.env, order.environment)),
        files: await WorkspaceFiles.of(cwd),
      });
    } catch (error) {
      if (signal.aborted && !SignalboxError.isInstance(error)) throw stopped(signal.reason);
      throw agentStartError(error, options.preset?.installation);
    }
  }
}

/** An agent that cannot be kept from what a repository brings along does not start there, unless that is wanted. */
function refuseForcedSettings(
  { preset, program, projectSettings }: ResolvedOptions,
  cwd: string,
): void {
  if (projectSettings) return;
  const found = preset?.forcedSettings.find((path) => existsSync(join(cwd, path)));
  if (found === undefined) return;
  throw new SignalboxError<BackendErrorCode>(
    "setup",
    `The repository has ${found}, and ${program[0]} runs what stands there whatever it is told`,
    { remedy: "Set backends.acp.project_settings: true to let it, or use another backend." },
  );
}

function stopped(cause: unknown): SignalboxError<BackendErrorCode> {
  return new SignalboxError("internal", "The session was stopped before it began", {
    retryable: true,
    cause,
  });
}
