import {
  SignalboxError,
  type AgentEvent,
  type AgentTools,
  type Backend,
  type BackendErrorCode,
  type Session,
  type SessionOrder,
  type TurnOutcome,
} from "@signalbox/contracts";
import { messageOf } from "./failure.ts";
import { withPatience } from "./patience.ts";
import type { RunPorts } from "./run-ports.ts";
import { within } from "./within.ts";

/** Longer lines are cut; it has to let lines of 10 MB pass. */
const maxLineBytes = 16 * 1024 * 1024;

const noTools: AgentTools = {
  list: () => [],
  call: async (name) => ({
    kind: "failed",
    code: "unknown-tool",
    message: `There is no tool ${name}.`,
    retryable: false,
  }),
  mcp: null,
};

export interface GuardedSessionOrder extends Pick<
  SessionOrder,
  "cwd" | "resume" | "environment" | "containment" | "sessionFolder" | "prices" | "signal"
> {
  readonly ports: RunPorts;
  readonly runId: string;
  readonly marker: string;
  readonly startupTimeoutMs: number;
  readonly silenceTimeoutMs: number;
  readonly graceMs: number;
  readonly budget: NonNullable<SessionOrder["limits"]["budget"]>;
  /** How long a backend that was told to end may take for it. */
  readonly patienceMs: number;
  /** `null`: the run has none. */
  readonly tools: AgentTools | null;
  readonly onAgentEvent: (event: AgentEvent) => void;
  readonly onLine: (line: string) => void;
}

/** A session of a backend that is not trusted to keep its contract: what it does wrong ends here. */
export class GuardedSession {
  readonly #order: GuardedSessionOrder;
  #session: Session | null = null;
  #isOpen = true;
  /** Whether the backend's word that everything has ended is enough. */
  #isTrusted = true;

  private constructor(order: GuardedSessionOrder) {
    this.#order = order;
  }

  /** Rejects with what the backend rejected with, or `startup-timed-out`; nothing is left running then. */
  static async start(backend: Backend, order: GuardedSessionOrder): Promise<GuardedSession> {
    const guarded = new GuardedSession(order);
    try {
      await guarded.#start(backend);
      return guarded;
    } catch (error) {
      await guarded.close();
      throw error;
    }
  }

  /** Rejects only for what a backend must not do. */
  async runTurn(prompt: string): Promise<TurnOutcome> {
    const session = this.#session;
    const { signal } = this.#order;
    return this.#patiently(signal, "The agent's turn", async () => {
      if (session === null) throw new TypeError("The session is closed.");
      return session.runTurn(prompt, signal);
    });
  }

  /** Ends the agent and everything it started, by force where the backend does not. Never rejects. Idempotent. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    const session = this.#session;
    this.#session = null;
    const isEnded = session !== null && (await this.#closeSession(session));
    if (!isEnded || !this.#isTrusted) await this.#killStrays();
    this.#isOpen = false;
  }

  async #start(backend: Backend): Promise<void> {
    const { ports, signal, startupTimeoutMs } = this.#order;
    const startup = new AbortController();
    const either = AbortSignal.any([signal, startup.signal]);
    const timer = ports.clock.setTimer(startupTimeoutMs, () => startup.abort());
    let isAwaited = true;
    const starting = async (): Promise<void> => {
      const session = await backend.startSession(this.#sessionOrder(either));
      if (isAwaited) this.#session = session;
      else await this.#closeSession(session);
    };
    try {
      await this.#patiently(either, "The agent's start", starting);
    } catch (error) {
      throw startup.signal.aborted ? startupTimedOut(startupTimeoutMs, error) : error;
    } finally {
      isAwaited = false;
      timer[Symbol.dispose]();
    }
    if (startup.signal.aborted) throw startupTimedOut(startupTimeoutMs);
  }

  #sessionOrder(signal: AbortSignal): SessionOrder {
    const { cwd, resume, environment, silenceTimeoutMs, startupTimeoutMs, graceMs } = this.#order;
    const { containment, sessionFolder, prices, budget } = this.#order;
    return {
      cwd,
      resume,
      environment,
      ...(containment === undefined ? {} : { containment }),
      ...(sessionFolder === undefined ? {} : { sessionFolder }),
      ...(prices === undefined ? {} : { prices }),
      limits: { startupTimeoutMs, silenceTimeoutMs, graceMs, maxLineBytes, budget },
      tools: this.#order.tools ?? noTools,
      transcribe: (line) => this.#whileOpen(() => this.#order.onLine(line)),
      emit: (event) => this.#whileOpen(() => this.#order.onAgentEvent(event)),
      signal,
    };
  }

  /** A malformed event must not throw into the backend: nobody there expects it. */
  #whileOpen(take: () => void): void {
    if (!this.#isOpen) return;
    try {
      take();
    } catch (error) {
      this.#warn("The backend sent something that is no event.", error);
    }
  }

  async #patiently<Result>(
    signal: AbortSignal,
    who: string,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const { ports, patienceMs } = this.#order;
    try {
      return await withPatience({ clock: ports.clock, signal, patienceMs, who }, work);
    } catch (error) {
      this.#isTrusted = false;
      throw error;
    }
  }

  async #closeSession(session: Session): Promise<boolean> {
    const { ports, patienceMs } = this.#order;
    try {
      const closing = async (): Promise<void> => session.close();
      if ((await within(ports.clock, patienceMs, closing)) !== "too-late") return true;
      this.#warn(`The backend did not close its session within ${patienceMs} ms.`);
    } catch (error) {
      this.#warn("The backend failed to close its session.", error);
    }
    return false;
  }

  async #killStrays(): Promise<void> {
    try {
      await this.#order.ports.killStrays(this.#order.marker);
    } catch (error) {
      this.#warn("Processes of a run may be alive still.", error);
    }
  }

  #warn(message: string, error?: unknown): void {
    this.#order.ports.logger.log("warn", message, {
      run_id: this.#order.runId,
      ...(error === undefined ? {} : { error: messageOf(error) }),
    });
  }
}

function startupTimedOut(startupTimeoutMs: number, cause?: unknown): SignalboxError {
  return new SignalboxError<BackendErrorCode>(
    "startup-timed-out",
    `The agent did not start within ${startupTimeoutMs} ms.`,
    { retryable: true, cause },
  );
}
