import {
  type Session,
  type SessionOrder,
  SignalboxError,
  type TurnOutcome,
} from "@signalbox/contracts";
import {
  agentStartErrorCode,
  leftNotices,
  type ManagedProcess,
  type ProcessExit,
  redactor,
  startProcess,
} from "@signalbox/process";
import type { CommandOptions } from "./command-options.ts";
import { exitOutcome, programName } from "./exit-outcome.ts";
import { deliverPrompt, type PromptDelivery } from "./prompt-delivery.ts";
import { SessionIdentity } from "./session-identity.ts";
import { TurnOutput } from "./turn-output.ts";
import { TurnReport } from "./turn-report.ts";
import { UsageSum } from "./usage-sum.ts";

const silenceReason = "no output";
const askedReason = "asked a person";
/** The host knows why it stopped the turn, and says so in its own words. */
const canceled: TurnOutcome = { kind: "canceled", reason: "operator" };

interface TurnEnds {
  readonly stop: AbortSignal;
  /** The program asked a person. */
  readonly asked: AbortSignal;
}

export class CommandSession implements Session {
  readonly #identity: SessionIdentity;
  readonly #usage: UsageSum;
  readonly #options: CommandOptions;
  readonly #order: SessionOrder;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #redact: (text: string) => string;
  readonly #closing = new AbortController();
  #interruption = new AbortController();
  #turn: Promise<TurnOutcome> | null = null;
  #isResumed: boolean;

  constructor(
    options: CommandOptions,
    order: SessionOrder,
    session: { readonly sessionId: string; readonly environment: Readonly<Record<string, string>> },
  ) {
    this.#identity = new SessionIdentity(session.sessionId, order.emit);
    this.#usage = new UsageSum(programName(options));
    this.#options = options;
    this.#order = order;
    this.#environment = session.environment;
    this.#redact = redactor(session.environment, options.passEnv ?? []);
    this.#isResumed = order.resume !== null;
  }

  get sessionId(): string {
    return this.#identity.id;
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
    const asked = new AbortController();
    const report = new TurnReport({
      identity: this.#identity,
      usage: this.#usage,
      pool: programName(this.#options),
      emit,
      onQuestion: () => asked.abort(),
    });
    const output = new TurnOutput(limits.maxLineBytes, {
      emit,
      transcribe,
      redact: this.#redact,
      report: (line) => report.take(line),
    });
    let exit: ProcessExit;
    try {
      exit = await this.#run(launch, output, { stop, asked: asked.signal });
    } catch (error) {
      if (stop.aborted) return canceled;
      if (SignalboxError.isInstance(error)) return cannotStart(error);
      throw error;
    } finally {
      output.end();
      this.#usage.endTurn();
    }
    for (const notice of leftNotices(exit)) emit(notice);
    if (exit.stoppedBy === silenceReason) {
      return { kind: "timed-out", limit: "turn", limitMs: limits.silenceTimeoutMs };
    }
    if (exit.stoppedBy !== null && exit.stoppedBy !== askedReason) return canceled;
    const { lastError, lastOutput } = output;
    const outcome =
      report.outcome ?? exitOutcome(this.#options, { ...exit, lastError, lastOutput });
    if (outcome.kind === "needs-input") {
      emit({ type: "input-requested", question: outcome.question });
    }
    return outcome;
  }

  async #run(launch: PromptDelivery, output: TurnOutput, ends: TurnEnds): Promise<ProcessExit> {
    const { cwd, limits } = this.#order;
    let silence: NodeJS.Timeout | null = null;
    const running: ManagedProcess = await startProcess({
      command: launch.command,
      cwd,
      ...(this.#order.containment === undefined ? {} : { containment: this.#order.containment }),
      environment: {
        ...this.#environment,
        ...launch.environment,
        SIGNALBOX_SESSION_ID: this.sessionId,
        ...(this.#isResumed ? { SIGNALBOX_SESSION_RESUMED: "1" } : {}),
      },
      runMarker: this.#order.environment["SIGNALBOX_RUN_ID"] ?? null,
      ...(launch.stdin === undefined ? {} : { stdin: launch.stdin }),
      graceMs: limits.graceMs,
      signal: ends.stop,
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
    this.#identity.announce();
    if (limits.silenceTimeoutMs > 0) {
      silence = setTimeout(() => void running.stop(silenceReason), limits.silenceTimeoutMs);
    }
    // It may tidy up, but what it asked for will not come on its standard input.
    let parting: NodeJS.Timeout | null = null;
    const part = (): void => {
      parting = setTimeout(() => void running.stop(askedReason), limits.graceMs);
    };
    ends.asked.addEventListener("abort", part, { once: true });
    if (ends.asked.aborted) part();
    try {
      return await running.exited;
    } finally {
      for (const timer of [silence, parting]) if (timer !== null) clearTimeout(timer);
    }
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
