import type { Backend, Session, SessionOrder } from "@signalbox/contracts";
import { agentStartError, locateProgram } from "@signalbox/process";
import { type CodexOptions, type ResolvedOptions, resolveOptions } from "./codex-options.ts";
import { CodexSession } from "./codex-session.ts";
import { programEnvironment } from "./program-environment.ts";
import { installation, stoppedBeforeReady } from "./start-failure.ts";

/**
 * Codex as an agent, over `codex app-server`. A session is one process with one thread; Codex keeps the thread in its
 * own home, so that another process can go on with it.
 */
export class CodexBackend implements Backend {
  readonly #options: ResolvedOptions;

  constructor(options: CodexOptions = {}) {
    this.#options = resolveOptions(options);
  }

  /**
   * Starts the program, and a thread in it. Rejects with `agent-not-found`, `spawn`, `agent-exit`, `agent-protocol`,
   * `auth`, `startup-timed-out`, or `internal` where the session was stopped.
   */
  async startSession(order: SessionOrder): Promise<Session> {
    const environment = programEnvironment(this.#options, process.env, order.environment);
    const { program, command } = this.#options;
    if (order.signal.aborted) throw stoppedBeforeReady();
    if (command === null) {
      try {
        await locateProgram({ program, cwd: order.cwd, environment });
      } catch (error) {
        throw agentStartError(error, installation);
      }
    }
    return CodexSession.start({ options: this.#options, session: order, environment });
  }
}
