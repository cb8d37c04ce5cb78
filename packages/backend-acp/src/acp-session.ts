import {
  methods,
  RequestError,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
} from "@agentclientprotocol/sdk";
import type { Session, SessionOrder, TurnOutcome } from "@signalbox/contracts";
import { type ProcessExit, leftNotices, redactor, redactOutcome } from "@signalbox/process";
import type { ResolvedOptions } from "./acp-options.ts";
import { AgentConnection } from "./agent-connection.ts";
import { beginConversation } from "./begin-conversation.ts";
import { clientApp } from "./client-app.ts";
import { decidePermission } from "./permission-policy.ts";
import { SessionReport } from "./session-report.ts";
import { readToolCall, readUpdate } from "./session-update.ts";
import { Terminals } from "./terminals.ts";
import { Turn } from "./turn.ts";
import { UsageMeter } from "./usage-meter.ts";
import type { WorkspaceFiles } from "./workspace-files.ts";

export interface AcpSessionOrder {
  readonly options: ResolvedOptions;
  readonly session: SessionOrder;
  readonly environment: Readonly<Record<string, string>>;
  /** Of the commands that the agent runs through us. */
  readonly terminalEnvironment: Readonly<Record<string, string>>;
  readonly files: WorkspaceFiles;
}

const canceledPermission: RequestPermissionResponse = { outcome: { outcome: "cancelled" } };

/** One running agent with one conversation, which takes one prompt after the other. */
export class AcpSession implements Session {
  readonly #order: AcpSessionOrder;
  readonly #report: SessionReport;
  readonly #terminals: Terminals;
  readonly #redact: (text: string) => string;
  #meter = new UsageMeter(false);
  #sessionId: string | null = null;
  #mode: string | null = null;
  #connection: AgentConnection | null = null;
  #ended: Promise<ProcessExit> | null = null;
  #exit: ProcessExit | null = null;
  #turn: Turn | null = null;
  #silence: NodeJS.Timeout | null = null;
  #parting: NodeJS.Timeout | null = null;

  private constructor(order: AcpSessionOrder) {
    this.#order = order;
    const { session, environment, options, files } = order;
    this.#redact = redactor(environment, options.passEnv);
    this.#report = new SessionReport({
      pool: options.pool,
      emit: session.emit,
      redact: this.#redact,
    });
    this.#terminals = new Terminals({
      session,
      environment: order.terminalEnvironment,
      files,
      onOutput: () => this.#silence?.refresh(),
    });
  }

  /** Resolves when the agent takes prompts. Rejects with a `SignalboxError`; nothing is left running then. */
  static async start(order: AcpSessionOrder): Promise<AcpSession> {
    const session = new AcpSession(order);
    try {
      await session.#start();
      return session;
    } catch (error) {
      await session.#end();
      throw error;
    }
  }

  get sessionId(): string | null {
    return this.#sessionId;
  }

  async runTurn(prompt: string, signal: AbortSignal): Promise<TurnOutcome> {
    if (this.#turn !== null) throw new Error("A session runs one turn at a time");
    const turn = new Turn(this.#order.options.pool);
    this.#turn = turn;
    const cancel = (): void => this.#cancel(turn, "canceled");
    signal.addEventListener("abort", cancel, { once: true });
    try {
      if (this.#exit !== null) turn.endWithExit(this.#exit, this.#connection?.lastError ?? null);
      else if (signal.aborted) return { kind: "canceled", reason: "operator" };
      else void this.#prompt(prompt, turn);
      const outcome = await turn.outcome;
      this.#report.endTurn();
      return redactOutcome(outcome, this.#redact);
    } finally {
      signal.removeEventListener("abort", cancel);
      this.#clearTimers();
      this.#turn = null;
    }
  }

  async interrupt(): Promise<void> {
    if (this.#turn !== null) this.#cancel(this.#turn, "interrupted");
  }

  /** The agent saves its session and ends; where it does not, it is stopped. */
  async close(): Promise<void> {
    if (this.#turn === null) this.#connection?.endInput();
    else void this.#connection?.stop("closed");
    await this.#end();
  }

  async #start(): Promise<void> {
    const { session, options, environment, files } = this.#order;
    this.#connection = await AgentConnection.open(
      {
        program: options.program,
        environment,
        session,
        app: clientApp({
          permissions: options.permissions,
          files,
          terminals: this.#terminals,
          onPermission: (request) => this.#decide(request),
          onQuestion: (question) => this.#ask(question),
        }),
      },
      {
        onUpdate: (parameters) => this.#takeUpdate(parameters),
        onOutput: () => this.#silence?.refresh(),
        onCut: () =>
          this.#warn("A line of output was too long and has been cut. So will be others."),
        onFault: (error) => this.#noteFault(error),
      },
    );
    this.#ended = this.#connection.exited.then((exit) => this.#noteExit(exit));
    const begun = await beginConversation({
      connection: this.#connection,
      ended: this.#ended,
      options,
      session,
      environment,
      redact: this.#redact,
    });
    this.#sessionId = begun.sessionId;
    this.#mode = begun.mode;
    this.#meter = new UsageMeter(begun.isResumed);
    const { sessionId, model } = begun;
    this.#report.tell({ type: "session-started", sessionId, model });
    for (const notice of begun.notices) this.#report.tell({ type: "notice", ...notice });
  }

  async #prompt(prompt: string, turn: Turn): Promise<void> {
    const { silenceTimeoutMs } = this.#order.session.limits;
    const connection = this.#connection;
    const sessionId = this.#sessionId;
    if (connection === null || sessionId === null) return;
    if (silenceTimeoutMs > 0) {
      this.#silence = setTimeout(() => {
        turn.condemn({ kind: "timed-out", limit: "turn", limitMs: silenceTimeoutMs });
        void connection.stop("no output");
      }, silenceTimeoutMs);
    }
    try {
      const answer = await connection.agent.request(methods.agent.session.prompt, {
        sessionId,
        prompt: [{ type: "text", text: prompt }],
      });
      this.#report.tellUsage(this.#meter.takeAnswer(answer));
      turn.endWithAnswer(answer);
    } catch (error) {
      // Else the agent has ended, and that ends the turn.
      if (error instanceof RequestError) turn.endWithError(error);
    }
  }

  #takeUpdate(parameters: unknown): void {
    const said = readUpdate(parameters);
    if (said === null || said.sessionId !== this.#sessionId) return;
    const { update } = said;
    if (update.sessionUpdate === "current_mode_update") return this.#noteMode(update.currentModeId);
    if (update.sessionUpdate === "usage_update") {
      return this.#report.tellUsage(this.#meter.takeCost(update.cost));
    }
    if (this.#turn !== null && !this.#turn.isOver) this.#report.relay(update);
  }

  #noteMode(mode: string): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#warn(`The agent is in the mode ${mode} now.`);
  }

  async #decide(request: RequestPermissionRequest): Promise<RequestPermissionResponse> {
    const turn = this.#turn;
    const call = readToolCall(request.toolCall);
    if (turn === null || turn.isOver || turn.isCanceled || call === null) return canceledPermission;
    const { options, files } = this.#order;
    const decision = await decidePermission(options.permissions, call, request.options, (path) =>
      files.isWritable(path),
    );
    if (decision.kind === "ask") {
      this.#ask(decision.question);
      return canceledPermission;
    }
    this.#report.beginCall(call);
    const action = [call.kind ?? "other", ...(call.title === null ? [] : [call.title])].join(": ");
    this.#report.tell({ type: "approval-requested", action, decision: decision.kind });
    return { outcome: decision.outcome };
  }

  /** Nobody is there to answer: the turn ends with the question. */
  #ask(question: string): void {
    const turn = this.#turn;
    if (turn === null || turn.isOver) return;
    turn.condemn({ kind: "needs-input", question });
    this.#report.tell({ type: "input-requested", question });
    this.#cancel(turn, "needs input");
  }

  /** Asks the agent to end the turn, and stops it where it does not. */
  #cancel(turn: Turn, reason: string): void {
    if (turn.isOver || turn.isCanceled) return;
    turn.cancel();
    const sessionId = this.#sessionId;
    const connection = this.#connection;
    if (connection === null || sessionId === null) return;
    const { graceMs } = this.#order.session.limits;
    this.#parting = setTimeout(() => void connection.stop(reason), graceMs);
    connection.agent.notify(methods.agent.session.cancel, { sessionId }).catch(() => {
      void connection.stop(reason);
    });
  }

  /** Ends all that was started. */
  async #end(): Promise<void> {
    const connection = this.#connection;
    const { graceMs } = this.#order.session.limits;
    const timer = setTimeout(() => void connection?.stop("closed"), graceMs);
    await Promise.all([this.#terminals.close(), this.#ended]);
    clearTimeout(timer);
    this.#report.close();
  }

  /** A defect of this package. */
  #noteFault(error: unknown): void {
    const message = `The output of the agent could not be read: ${String(error)}`;
    this.#turn?.condemn({ kind: "failed", code: "internal", retryable: true, message });
  }

  #noteExit(exit: ProcessExit): ProcessExit {
    this.#exit = exit;
    for (const notice of leftNotices(exit)) this.#report.tell(notice);
    this.#turn?.endWithExit(exit, this.#connection?.lastError ?? null);
    return exit;
  }

  #warn(text: string): void {
    this.#report.tell({ type: "notice", level: "warn", text });
  }

  #clearTimers(): void {
    for (const timer of [this.#silence, this.#parting]) if (timer !== null) clearTimeout(timer);
    this.#silence = null;
    this.#parting = null;
  }
}
