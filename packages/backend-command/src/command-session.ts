import {
  type Session,
  type SessionOrder,
  SignalboxError,
  type TurnOutcome,
} from "@signalbox/contracts";
import {
  agentStartErrorCode,
  type ManagedProcess,
  type ProcessExit,
  redactor,
  startProcess,
} from "@signalbox/process";
import type { CommandOptions } from "./command-options.ts";
import { exitOutcome } from "./exit-outcome.ts";
import { deliverPrompt, type PromptDelivery } from "./prompt-delivery.ts";
import { TurnOutput } from "./turn-output.ts";

const silenceReason = "no output";
/** The host knows why it stopped the turn, and says so in its own words. */
const canceled: TurnOutcome = { kind: "canceled", reason: "operator" };

export class CommandSession implements Session {
  readonly sessionId: string;
  readonly #options: CommandOptions;
  readonly #order: SessionOrder;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #redact: (text: string) => string;
  readonly #closing = new AbortController();
  #interruption = new AbortController();
  #turn: Promise<TurnOutcome> | null = null;
  #isResumed: boolean;
  #hasStarted = false;

  constructor(
    options: CommandOptions,
    order: SessionOrder,
    session: { readonly sessionId: string; readonly environment: Readonly<Record<string, string>> },
  ) {
    this.sessionId = session.sessionId;
    this.#options = options;
    this.#order = order;
    this.#environment = session.environment;
    this.#redact = redactor(session.environment, options.passEnv ?? []);
    this.#isResumed = order.resume !== null;
  }

  async runTurn(prompt: string, signal: AbortSignal): Promise<TurnOutcome> {
    if (this.#turn !== null) throw new Error("A session runs one turn at a time");
    this.#interruption = new AbortController();
    const stop = AbortSignal.any([
      signal,
      this.#order.signal,
      this.#closing.signal,
      this.#interruption.signal,
    ]);
    this.#turn = this.#play(prompt, stop);
    try {
      return await this.#turn;
    } finally {
      this.#turn = null;
    }
  }

  async interrupt(): Promise<void> {
    this.#interruption.abort();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([this.#turn]);
  }

  async #play(prompt: string, stop: AbortSignal): Promise<TurnOutcome> {
    const delivery = await deliverPrompt(this.#options, prompt, this.#environment["TMPDIR"]);
    if ("refusal" in delivery) return delivery.refusal;
    await using launch = delivery;
    const { emit, transcribe, limits } = this.#order;
    const output = new TurnOutput(limits.maxLineBytes, { emit, transcribe, redact: this.#redact });
    let exit: ProcessExit;
    try {
      exit = await this.#run(launch, output, stop);
    } catch (error) {
      if (stop.aborted) return canceled;
      if (SignalboxError.isInstance(error)) return cannotStart(error);
      throw error;
    } finally {
      output.end();
    }
    this.#reportSurvivors(exit.survivors);
    if (exit.stoppedBy === silenceReason) {
      return { kind: "timed-out", limit: "turn", limitMs: limits.silenceTimeoutMs };
    }
    if (exit.stoppedBy !== null) return canceled;
    const { lastError, lastOutput } = output;
    const outcome = exitOutcome(this.#options, { ...exit, lastError, lastOutput });
    if (outcome.kind === "needs-input") {
      emit({ type: "input-requested", question: outcome.question });
    }
    return outcome;
  }

  async #run(launch: PromptDelivery, output: TurnOutput, stop: AbortSignal): Promise<ProcessExit> {
    const { cwd, limits } = this.#order;
    let silence: NodeJS.Timeout | null = null;
    const running: ManagedProcess = await startProcess({
      command: launch.command,
      cwd,
      environment: {
        ...this.#environment,
        ...launch.environment,
        ...(this.#isResumed ? { SIGNALBOX_SESSION_RESUMED: "1" } : {}),
      },
      runMarker: this.#order.environment["SIGNALBOX_RUN_ID"] ?? null,
      ...(launch.stdin === undefined ? {} : { stdin: launch.stdin }),
      graceMs: limits.graceMs,
      signal: stop,
      onStdout: (chunk) => {
        silence?.refresh();
        output.pushStdout(chunk);
      },
      onStderr: (chunk) => {
        silence?.refresh();
        output.pushStderr(chunk);
      },
    });
    this.#isResumed = true;
    this.#noteStart();
    if (limits.silenceTimeoutMs > 0) {
      silence = setTimeout(() => void running.stop(silenceReason), limits.silenceTimeoutMs);
    }
    try {
      return await running.exited;
    } finally {
      if (silence !== null) clearTimeout(silence);
    }
  }

  /** There is a session once the program was started for the first time. */
  #noteStart(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    this.#order.emit({ type: "session-started", sessionId: this.sessionId, model: null });
  }

  #reportSurvivors(pids: readonly number[]): void {
    if (pids.length === 0) return;
    const text = `Processes that the agent started cannot be ended: ${pids.join(", ")}`;
    this.#order.emit({ type: "notice", level: "error", text });
  }
}

function cannotStart(error: SignalboxError): TurnOutcome {
  return {
    kind: "failed",
    code: agentStartErrorCode(error),
    retryable: error.retryable,
    message: error.remedy === null ? error.message : `${error.message}. ${error.remedy}`,
  };
}
