import { randomUUID } from "node:crypto";
import {
  type Backend,
  type BackendErrorCode,
  type Session,
  SignalboxError,
  type SessionOrder,
} from "@signalbox/contracts";
import {
  agentEnvironment,
  agentStartError,
  locateProgram,
  toolVariables,
} from "@signalbox/process";
import { protocolVersion } from "./agent-line.ts";
import type { CommandOptions } from "./command-options.ts";
import { CommandSession } from "./command-session.ts";

/**
 * Any program as an agent. A session is a working folder and an id; each turn starts the program anew, with the prompt,
 * and its exit code is the outcome. `SIGNALBOX_SESSION_ID` lets a program keep a conversation of its own, and lines
 * on its standard output that begin with `::signalbox` say what an exit code cannot: usage, a question, a quota.
 */
export class CommandBackend implements Backend {
  readonly #options: CommandOptions;

  constructor(options: CommandOptions) {
    this.#options = options;
  }

  /** Rejects with `agent-not-found` or `spawn` where the program cannot be started. Starts nothing yet. */
  async startSession(order: SessionOrder): Promise<Session> {
    const { program, env, passEnv } = this.#options;
    const sessionId = order.resume ?? randomUUID();
    const given = agentEnvironment({
      from: process.env,
      ...(passEnv === undefined ? {} : { allow: passEnv }),
      set: { ...env, ...order.environment, SIGNALBOX_PROTOCOL: String(protocolVersion) },
    });
    const environment = { ...given, ...toolVariables(order.tools.binFolder, given["PATH"]) };
    const executable = typeof program === "string" ? "sh" : program[0];
    try {
      await locateProgram({ program: executable, cwd: order.cwd, environment });
    } catch (error) {
      throw agentStartError(error);
    }
    if (order.signal.aborted) {
      throw new SignalboxError<BackendErrorCode>(
        "internal",
        "The session was stopped before it began",
        {
          retryable: true,
          cause: order.signal.reason,
        },
      );
    }
    return new CommandSession(this.#options, order, { sessionId, environment });
  }
}
