import {
  type AgentEvent,
  type Session,
  type SessionOrder,
  SignalboxError,
  type TurnOutcome,
} from "@signalbox/contracts";
import {
  agentStartError,
  leftNotices,
  type ProcessExit,
  redactOutcome,
  redactor,
} from "@signalbox/process";
import { answerRequest } from "./answer-request.ts";
import { AppServer, type ServerRequest } from "./app-server.ts";
import type { Notification } from "./app-server-message.ts";
import type { ResolvedOptions } from "./codex-options.ts";
import { beginThread } from "./begin-thread.ts";
import { launchCommand } from "./program-environment.ts";
import { SessionReport } from "./session-report.ts";
import { installation } from "./start-failure.ts";
import { isQuota } from "./turn-failure.ts";
import { TurnTimers } from "./turn-timers.ts";
import { Turn } from "./turn.ts";

export interface CodexSessionOrder {
  readonly options: ResolvedOptions;
  readonly session: SessionOrder;
  readonly environment: Readonly<Record<string, string>>;
}

const cutText = "A line of output was too long and has been cut. So will be others.";

/** One running `codex app-server` with one thread, which takes one prompt after the other. */
export class CodexSession implements Session {
  readonly #order: CodexSessionOrder;
  readonly #redact: (text: string) => string;
  readonly #closing = new AbortController();
  readonly #timers = new TurnTimers();
  #server: AppServer | null = null;
  #report: SessionReport | null = null;
  #threadId = "";
  #ended: Promise<ProcessExit> | null = null;
  #exit: ProcessExit | null = null;
  #turn: Turn | null = null;
  #isClosed = false;

  private constructor(order: CodexSessionOrder) {
    this.#order = order;
    this.#redact = redactor(order.environment, order.options.passEnv);
  }

  /** Resolves when a thread is ready. Rejects with a `SignalboxError`; nothing is left running then. */
  static async start(order: CodexSessionOrder): Promise<CodexSession> {
    const session = new CodexSession(order);
    await session.#start();
    return session;
  }

  get sessionId(): string {
    return this.#threadId;
  }

  async runTurn(prompt: string, signal: AbortSignal): Promise<TurnOutcome> {
    if (this.#turn !== null) throw new Error("A session runs one turn at a time");
    if (signal.aborted) return { kind: "canceled", reason: "operator" };
    const turn = new Turn();
    this.#turn = turn;
    const cancel = (): void => this.#interrupt(turn);
    signal.addEventListener("abort", cancel, { once: true });
    try {
      if (this.#exit === null) this.#begin(turn, prompt);
      else turn.endWithExit(this.#exit, this.#lastError);
      return redactOutcome(await turn.outcome, this.#redact);
    } finally {
      signal.removeEventListener("abort", cancel);
      this.#timers.stop();
      this.#turn = null;
    }
  }

  async interrupt(): Promise<void> {
    if (this.#turn !== null) this.#interrupt(this.#turn);
  }

  /** An idle program ends by itself; where it does not, or works still, it is stopped. */
  async close(): Promise<void> {
    const program = this.#server?.program;
    if (program === undefined || this.#ended === null) return;
    this.#closing.abort();
    if (this.#turn === null) program.endInput();
    else void program.stop("closed");
    const timer = setTimeout(() => {
      void program.stop("closed");
    }, this.#order.session.limits.graceMs);
    await Promise.allSettled([this.#ended]);
    clearTimeout(timer);
    this.#isClosed = true;
  }

  async #start(): Promise<void> {
    const server = await this.#open();
    this.#server = server;
    this.#ended = server.exited.then((exit) => this.#noteExit(exit));
    try {
      const begun = await beginThread(server, this.#ended, this.#order);
      this.#threadId = begun.thread.threadId;
      this.#report = new SessionReport({
        threadId: this.#threadId,
        model: begun.thread.model,
        pool: begun.pool,
        emit: (event) => this.#emit(event),
        redact: this.#redact,
      });
      for (const notice of begun.notices) this.#report.tell(notice);
    } catch (error) {
      await server.program.stop("not started");
      await this.#ended;
      throw this.#redactError(error);
    }
  }

  async #open(): Promise<AppServer> {
    const { session, environment, options } = this.#order;
    try {
      return await AppServer.open(
        { command: launchCommand(options), environment, session },
        {
          onNotification: (notification) => this.#hear(notification),
          onRequest: (server, request) => this.#answer(server, request),
          onLost: (method) => this.#noteLost(method),
          onCut: () => this.#report?.warn(cutText),
          onFault: (error) => this.#noteFault(error),
          onOutput: () => this.#timers.noteOutput(),
        },
      );
    } catch (error) {
      throw agentStartError(error, installation);
    }
  }

  #begin(turn: Turn, prompt: string): void {
    const { silenceTimeoutMs } = this.#order.session.limits;
    this.#timers.startSilence(silenceTimeoutMs, () => {
      this.#condemn(turn, { kind: "timed-out", limit: "turn", limitMs: silenceTimeoutMs });
    });
    void this.#startTurn(turn, prompt);
  }

  async #startTurn(turn: Turn, prompt: string): Promise<void> {
    const input = [{ type: "text", text: prompt, text_elements: [] }];
    const reply = await this.#server?.call("turn/start", { threadId: this.#threadId, input });
    if (reply?.kind !== "refused" || turn.isOver) return;
    const isTooLong = /maximum length/i.test(reply.message);
    turn.end({
      kind: "failed",
      code: isTooLong ? "context-too-long" : "agent-error",
      retryable: !isTooLong,
      message: `Codex refuses the turn: ${reply.message}`,
    });
  }

  #hear(notification: Notification): void {
    const turn = this.#turn;
    const report = this.#report;
    if (report === null) return;
    const isOurs = "threadId" in notification && notification.threadId === this.#threadId;
    if (notification.type === "turn-started" && isOurs && turn !== null) {
      turn.noteId(notification.turnId);
      report.begin(notification.turnId);
      if (turn.isInterrupted) this.#sendInterrupt(turn);
    }
    report.relay(notification);
    if (turn === null || turn.isOver) return;
    if (notification.type === "error") {
      if (notification.willRetry && isQuota(notification.error)) this.#waitForQuota(turn, report);
    } else if (notification.type !== "rate-limits") {
      this.#timers.endPatience();
    }
    if (notification.type !== "turn-completed" || !isOurs) return;
    if (turn.id !== null && turn.id !== notification.turnId) return;
    turn.conclude(notification.status, notification.error, report.account);
    void this.#tidy(turn);
  }

  /** Commands that the agent has left in the background would go on, also after an interruption. */
  async #tidy(turn: Turn): Promise<void> {
    this.#startGrace();
    await this.#server?.call("thread/backgroundTerminals/clean", { threadId: this.#threadId });
    turn.settle();
  }

  /** Codex waits by itself for as long as the service says, and holds a slot meanwhile. */
  #waitForQuota(turn: Turn, report: SessionReport): void {
    this.#timers.startPatience(this.#order.options.rateLimitPatienceMs, () => {
      this.#condemn(turn, { kind: "quota-exhausted", ...report.account });
    });
  }

  #answer(server: AppServer, request: ServerRequest): void {
    const { session, options } = this.#order;
    answerRequest(server, request, {
      permissions: options.permissions,
      report: this.#report,
      tools: session.tools,
      signal: AbortSignal.any([session.signal, this.#closing.signal]),
      onQuestion: (question) => this.#park(this.#redact(question)),
    });
  }

  /** A person has to answer, and nobody waits here until one does: the turn ends. */
  #park(question: string): void {
    this.#report?.tell({ type: "input-requested", question });
    const turn = this.#turn;
    if (turn !== null && !turn.isOver) this.#condemn(turn, { kind: "needs-input", question });
  }

  #interrupt(turn: Turn): void {
    if (turn.isOver || turn.isInterrupted) return;
    turn.noteInterruption();
    if (turn.id !== null) this.#sendInterrupt(turn);
    this.#startGrace();
  }

  /** What Codex does not do in time is done without it. */
  #startGrace(): void {
    this.#timers.startGrace(this.#order.session.limits.graceMs, () => {
      void this.#server?.program.stop("out of time");
    });
  }

  #sendInterrupt(turn: Turn): void {
    void this.#server?.call("turn/interrupt", { threadId: this.#threadId, turnId: turn.id });
  }

  #condemn(turn: Turn, verdict: TurnOutcome): void {
    turn.condemn(verdict);
    this.#interrupt(turn);
  }

  #noteLost(method: string | null): void {
    if (method !== "turn/completed" || this.#turn === null) return;
    const message = "Codex said how the turn ended in a line that is too long to be read.";
    this.#turn.end({ kind: "failed", code: "agent-protocol", retryable: true, message });
  }

  /** A defect of this package. */
  #noteFault(error: unknown): void {
    const message = `The output of Codex could not be read: ${String(error)}`;
    this.#turn?.condemn({ kind: "failed", code: "internal", retryable: true, message });
  }

  #noteExit(exit: ProcessExit): ProcessExit {
    this.#exit = exit;
    for (const notice of leftNotices(exit)) this.#report?.tell(notice);
    if (this.#turn?.isOver === false) this.#turn.endWithExit(exit, this.#lastError);
    return exit;
  }

  get #lastError(): string | null {
    return this.#server?.program.lastError ?? null;
  }

  #emit(event: AgentEvent): void {
    if (!this.#isClosed) this.#order.session.emit(event);
  }

  #redactError(error: unknown): unknown {
    if (!SignalboxError.isInstance(error)) return error;
    const { code, retryable, remedy } = error;
    return new SignalboxError(code, this.#redact(error.message), {
      retryable,
      ...(remedy === null ? {} : { remedy }),
      cause: error.cause,
    });
  }
}
