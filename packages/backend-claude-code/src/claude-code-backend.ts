import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type AgentEvent,
  type Backend,
  type Session,
  SignalboxError,
  type SessionOrder,
} from "@signalbox/contracts";
import { agentStartError, locateProgram } from "@signalbox/process";
import {
  type ClaudeCodeOptions,
  type ResolvedOptions,
  resolveOptions,
} from "./claude-code-options.ts";
import { ClaudeCodeSession, type ClaudeCodeSessionOrder } from "./claude-code-session.ts";
import { programArguments } from "./program-arguments.ts";
import { hasCredentials, launchCommand, programEnvironment } from "./program-environment.ts";
import { installation, isUnknownSession, startStopped } from "./start-failure.ts";

/** What Claude Code takes for the id of a session. */
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The `claude` program as an agent, over its stream of JSON lines. A session is one process; its conversation is kept
 * by Claude Code itself, so that another process can go on with it.
 */
export class ClaudeCodeBackend implements Backend {
  readonly #options: ResolvedOptions;

  constructor(options: ClaudeCodeOptions = {}) {
    this.#options = resolveOptions(options);
  }

  /**
   * Starts the program and waits until it answers. Rejects with `agent-not-found`, `spawn`, `agent-exit`,
   * `startup-timed-out`, or `internal` where the session was stopped.
   */
  async startSession(order: SessionOrder): Promise<Session> {
    try {
      if (order.signal.aborted) throw startStopped(order.signal.reason);
      return await this.#startKnown(order);
    } catch (error) {
      const isStop = order.signal.aborted && !SignalboxError.isInstance(error);
      throw isStop ? startStopped(error) : agentStartError(error, installation);
    }
  }

  /** Goes on with the session that is to be resumed, if Claude Code knows it, and else begins a new one. */
  async #startKnown(order: SessionOrder): Promise<Session> {
    const { cwd, resume } = order;
    const environment = await this.#environment(order);
    const program = await locateProgram({ program: this.#options.program, cwd, environment });
    const place = { program, environment };
    if (resume === null) return this.#start(order, place, null, []);
    if (uuid.test(resume)) {
      try {
        return await this.#start(order, place, resume, []);
      } catch (error) {
        if (!isUnknownSession(error)) throw error;
      }
    }
    const text = `Claude Code does not know the session ${resume} any more: a new one begins.`;
    return this.#start(order, place, null, [{ type: "notice", level: "warn", text }]);
  }

  async #start(
    order: SessionOrder,
    { program, environment }: Pick<ClaudeCodeSessionOrder, "program" | "environment">,
    resume: string | null,
    notices: readonly AgentEvent[],
  ): Promise<Session> {
    const sessionId = resume ?? randomUUID();
    const conversation = { sessionId, isResumed: resume !== null };
    const parameters = programArguments(this.#options, conversation, order);
    return ClaudeCodeSession.start({
      options: this.#options,
      session: order,
      command: launchCommand(this.#options.program, parameters, environment),
      program,
      environment,
      sessionId,
      notices,
    });
  }

  /** Without a home of the run, Claude Code keeps its files with those of the issue where it needs no login of the user. */
  async #environment(order: SessionOrder): Promise<Record<string, string>> {
    const environment = programEnvironment(this.#options, process.env, order.environment);
    const { sessionFolder } = order;
    const isSettled = "HOME" in order.environment || "CLAUDE_CONFIG_DIR" in environment;
    if (sessionFolder === undefined || isSettled || !hasCredentials(environment))
      return environment;
    const folder = join(sessionFolder, "claude-code");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return { ...environment, CLAUDE_CONFIG_DIR: folder };
  }
}
