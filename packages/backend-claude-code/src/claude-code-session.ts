import { randomUUID } from "node:crypto";
import type { AgentEvent, Session, SessionOrder, TurnOutcome } from "@signalbox/contracts";
import {
  type AgentProgram,
  leftNotices,
  type ProcessExit,
  redactOutcome,
  redactor,
} from "@signalbox/process";
import { answerRequest } from "./answer-request.ts";
import { initNotices, initProblem } from "./check-init.ts";
import type { ResolvedOptions } from "./claude-code-options.ts";
import { connect } from "./connect.ts";
import { retryVerdict } from "./retry-verdict.ts";
import { SessionReport } from "./session-report.ts";
import { startFailure } from "./start-failure.ts";
import type { ControlRequest, InitMessage, StreamMessage } from "./stream-message.ts";
import { canceled, Turn } from "./turn.ts";

export interface ClaudeCodeSessionOrder {
  readonly options: ResolvedOptions;
  readonly session: SessionOrder;
  readonly command: readonly [string, ...string[]];
  /** Absolute path of the executable. */
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly sessionId: string;
  /** Told as soon as there is a session. */
  readonly notices: readonly AgentEvent[];
}

/** One running `claude`, which takes one prompt after the other. */
export class ClaudeCodeSession implements Session {
  readonly #order: ClaudeCodeSessionOrder;
  readonly #report: SessionReport;
  readonly #redact: (text: string) => string;
  readonly #handshakeId = randomUUID();
  readonly #handshake = Promise.withResolvers<"ready">();
  #connection: AgentProgram | null = null;
  #ended: Promise<ProcessExit> | null = null;
  #exit: ProcessExit | null = null;
  #turn: Turn | null = null;
  #silence: NodeJS.Timeout | null = null;
  #interruption: NodeJS.Timeout | null = null;
  #isChecked = false;
  #isClosed = false;

  private constructor(order: ClaudeCodeSessionOrder) {
    this.#order = order;
    const { session, environment, options, sessionId } = order;
    this.#redact = redactor(environment, options.passEnv);
    this.#report = new SessionReport({
      sessionId,
      pool: options.pool,
      emit: (event) => {
        if (!this.#isClosed) session.emit(event);
      },
      redact: this.#redact,
    });
    for (const notice of order.notices) this.#report.tell(notice);
  }

  /** Resolves when the program answers. Rejects with a `SignalboxError`; nothing is left running then. */
  static async start(order: ClaudeCodeSessionOrder): Promise<ClaudeCodeSession> {
    const session = new ClaudeCodeSession(order);
    await session.#start();
    return session;
  }

  get sessionId(): string {
    return this.#report.sessionId;
  }

  async runTurn(prompt: string, signal: AbortSignal): Promise<TurnOutcome> {
    if (this.#turn !== null) throw new Error("A session runs one turn at a time");
    if (signal.aborted) return canceled;
    const turn = new Turn();
    this.#turn = turn;
    const cancel = (): void => this.#condemn(canceled);
    const stop = AbortSignal.any([signal, this.#order.session.signal]);
    stop.addEventListener("abort", cancel, { once: true });
    try {
      if (this.#exit !== null) turn.endWithExit(this.#exit, this.#connection?.lastError ?? null);
      else this.#sendPrompt(prompt);
      const outcome = await turn.outcome;
      this.#report.begin(null);
      return redactOutcome(outcome, this.#redact);
    } finally {
      stop.removeEventListener("abort", cancel);
      this.#clearTimers();
      this.#turn = null;
    }
  }

  async interrupt(): Promise<void> {
    if (this.#turn === null || this.#turn.isOver) return;
    this.#turn.noteInterruption();
    this.#connection?.send({
      type: "control_request",
      request_id: randomUUID(),
      request: { subtype: "interrupt" },
    });
    this.#stopUnlessOver("interrupted");
  }

  /** The program saves its session and ends; where it does not, it is stopped. */
  async close(): Promise<void> {
    const connection = this.#connection;
    if (connection === null || this.#ended === null) return;
    if (this.#turn === null) connection.endInput();
    else this.#condemn(canceled);
    const timer = setTimeout(() => {
      void connection.stop("closed");
    }, this.#order.session.limits.graceMs);
    await Promise.allSettled([this.#ended]);
    clearTimeout(timer);
    this.#isClosed = true;
  }

  async #start(): Promise<void> {
    const { session, command, program, environment } = this.#order;
    this.#connection = await connect(
      { command, programs: [program], environment, session },
      {
        onMessage: (message) => this.#take(message),
        onOutput: () => this.#silence?.refresh(),
        onCut: () =>
          this.#warn("A line of output was too long and has been cut. So will be others."),
        onFault: (error) => this.#noteFault(error),
      },
    );
    this.#ended = this.#connection.exited.then((exit) => this.#noteExit(exit));
    await this.#shakeHands(this.#connection, this.#ended);
  }

  async #shakeHands(connection: AgentProgram, ended: Promise<ProcessExit>): Promise<void> {
    const { startupTimeoutMs } = this.#order.session.limits;
    connection.send({
      type: "control_request",
      request_id: this.#handshakeId,
      request: { subtype: "initialize" },
    });
    let isTooLate = false;
    const timer = setTimeout(() => {
      isTooLate = true;
      void connection.stop("startup timeout");
    }, startupTimeoutMs);
    const first = await Promise.race([this.#handshake.promise, ended]);
    clearTimeout(timer);
    if (first === "ready") return;
    throw startFailure(first, {
      timeoutMs: isTooLate ? startupTimeoutMs : null,
      error: connection.lastError === null ? null : this.#redact(connection.lastError),
    });
  }

  #sendPrompt(prompt: string): void {
    const { silenceTimeoutMs } = this.#order.session.limits;
    if (silenceTimeoutMs > 0) {
      this.#silence = setTimeout(() => {
        this.#condemn({ kind: "timed-out", limit: "turn", limitMs: silenceTimeoutMs });
      }, silenceTimeoutMs);
    }
    this.#connection?.send({
      type: "user",
      session_id: "",
      parent_tool_use_id: null,
      message: { role: "user", content: prompt },
    });
  }

  #take(message: StreamMessage): void {
    if (message.type === "control_response") {
      if (message.response.request_id === this.#handshakeId) this.#handshake.resolve("ready");
      return;
    }
    if (message.type === "control_request") return this.#answer(message);
    const turn = this.#turn;
    if (turn === null || turn.isOver) return;
    if (message.type === "init") return this.#check(message);
    if (message.type === "assistant") turn.noteError(message);
    if (message.type === "rate_limit_event") turn.noteRefusal(message.rate_limit_info);
    this.#report.relay(message);
    if (message.type === "api_retry") {
      const verdict = retryVerdict(message, this.#report.pool, Date.now());
      if (verdict !== null) this.#condemn(verdict);
    }
    if (message.type === "result") turn.endWithResult(message, this.#report.pool);
  }

  /** The program says at the beginning of each turn what it runs with. */
  #check(init: InitMessage): void {
    this.#report.begin(init);
    if (this.#isChecked) return;
    this.#isChecked = true;
    const { options } = this.#order;
    for (const notice of initNotices(init, options)) this.#report.tell(notice);
    const problem = initProblem(init, options);
    if (problem === null) return;
    this.#condemn({ kind: "failed", code: "agent-protocol", retryable: false, message: problem });
  }

  #answer({ request_id, request }: ControlRequest): void {
    const answer = answerRequest(request, this.#order.options.permissions);
    if (answer.question !== null) this.#turn?.noteQuestion(answer.question);
    if (answer.event !== null) this.#report.tell(answer.event);
    this.#connection?.send({
      type: "control_response",
      response: { ...answer.response, request_id },
    });
    if (answer.question !== null) this.#stopUnlessOver("needs input");
  }

  /** Whatever the program still says, the turn ends as this when all of it has ended. */
  #condemn(verdict: TurnOutcome): void {
    this.#turn?.condemn(verdict);
    void this.#connection?.stop("turn ended");
  }

  #stopUnlessOver(reason: string): void {
    this.#interruption ??= setTimeout(() => {
      void this.#connection?.stop(reason);
    }, this.#order.session.limits.graceMs);
  }

  /** A defect of this package. */
  #noteFault(error: unknown): void {
    const message = `The output of Claude Code could not be read: ${String(error)}`;
    this.#turn?.condemn({ kind: "failed", code: "internal", retryable: true, message });
  }

  #noteExit(exit: ProcessExit): ProcessExit {
    this.#exit = exit;
    for (const notice of leftNotices(exit)) this.#report.tell(notice);
    if (this.#turn?.isOver === false) {
      this.#turn.endWithExit(exit, this.#connection?.lastError ?? null);
    }
    return exit;
  }

  #warn(text: string): void {
    this.#report.tell({ type: "notice", level: "warn", text });
  }

  #clearTimers(): void {
    for (const timer of [this.#silence, this.#interruption])
      if (timer !== null) clearTimeout(timer);
    this.#silence = null;
    this.#interruption = null;
  }
}
