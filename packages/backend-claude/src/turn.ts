import type { MessageCreateParamsNonStreaming } from "@anthropic-ai/sdk/resources/messages";
import type { FailureCode, TurnOutcome } from "@signalbox/contracts";
import { askPerson } from "./ask-person.ts";
import type { CallRunner } from "./call-runner.ts";
import type { ClaudeSettings } from "./claude-options.ts";
import type { ApiFailure } from "./request/api-failure.ts";
import { failureOutcome } from "./request/failure-outcome.ts";
import type { ModelClient, ModelReply } from "./request/model-client.ts";
import { requestBody } from "./request/request-body.ts";
import type { OpenCall } from "./session/conversation.ts";
import { callsToTrim, callsToTrimAtAll } from "./session/room.ts";
import type { SessionLog } from "./session/session-log.ts";
import type { TurnReport } from "./turn-report.ts";
import type { Toolbox } from "./tools/toolbox.ts";

/** Replies in a row that are cut off, or pauses in a row, before the turn fails. */
const maxUnfinished = 5;

export interface TurnParts {
  readonly settings: ClaudeSettings;
  readonly system: string;
  readonly toolbox: Toolbox;
  readonly log: SessionLog;
  readonly model: ModelClient;
  readonly calls: CallRunner;
  readonly report: TurnReport;
  /** Takes secrets out of what people read. */
  readonly redact: (text: string) => string;
  readonly now: () => number;
}

/** One turn: asks the model and does what it wants done, until it is done. */
export class Turn {
  readonly #parts: TurnParts;
  readonly #signal: AbortSignal;
  #unfinished = 0;

  constructor(parts: TurnParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  /** Rejects where the signal is aborted, and where the session file cannot be written. */
  async play(prompt: string): Promise<TurnOutcome> {
    const { calls, log, report, settings } = this.#parts;
    await calls.settle(interruption);
    await log.record({ type: "told", text: prompt.trim() === "" ? "Go on." : prompt });
    for (let request = 0; request < settings.maxRequests; request += 1) {
      this.#signal.throwIfAborted();
      const budget = report.exhaustedBudget();
      if (budget !== null) return { kind: "budget-exhausted", budget };
      const answer = await this.#ask();
      const outcome =
        answer.kind === "reply" ? await this.#takeReply(answer) : await this.#takeFailure(answer);
      if (outcome !== null) return outcome;
    }
    return failed(
      "agent-error",
      true,
      `The agent was not done after ${settings.maxRequests} requests (backends.claude.max_requests).`,
    );
  }

  /** `null`: the turn goes on. */
  async #takeReply(reply: ModelReply): Promise<TurnOutcome | null> {
    const { log, report, calls } = this.#parts;
    const { stopReason, usage } = reply;
    if (stopReason === "refusal" || stopReason === "model_context_window_exceeded") {
      await log.record({ type: "spent", usage });
      report.usage();
      return stopReason === "refusal" ? this.#refused() : this.#makeRoom("The model says so.");
    }
    await log.record({ type: "reply", content: reply.content, stopReason, usage });
    report.reply(reply);
    if (stopReason !== "max_tokens" && stopReason !== "pause_turn") this.#unfinished = 0;
    else if ((this.#unfinished += 1) > maxUnfinished) {
      return failed(
        "agent-error",
        true,
        `The model ended ${maxUnfinished} replies in a row with ${stopReason}.`,
      );
    }
    switch (stopReason) {
      case "end_turn":
      case "stop_sequence":
        await calls.settle(() => "The turn had ended: this was not done.");
        return { kind: "succeeded" };
      case "tool_use":
        return this.#runCalls();
      case "max_tokens":
        return this.#afterCut();
      case "pause_turn":
        return null;
      default:
        return this.#unknown(stopReason);
    }
  }

  async #runCalls(): Promise<TurnOutcome | null> {
    const { calls, log, report } = this.#parts;
    if (log.conversation.openCalls.length === 0) {
      return failed("agent-protocol", true, "The model stopped for tools and named none.");
    }
    const signal = this.#signal;
    return calls.run({ signal, onActivity: () => report.activity() });
  }

  /** What was cut off may be the input of a tool: nothing of it is done. */
  async #afterCut(): Promise<null> {
    const { calls, log, settings } = this.#parts;
    const why = `Your reply was cut off at ${settings.maxTokens} tokens.`;
    await calls.settle(() => `${why} This was not done: make it smaller.`);
    await log.record({ type: "told", text: `${why} Go on where it ended.` });
    return null;
  }

  async #refused(): Promise<TurnOutcome> {
    await this.#parts.log.record({ type: "closed", reason: "refusal" });
    return failed("agent-error", false, "The model refused to work on this (stop reason refusal).");
  }

  async #unknown(stopReason: string): Promise<TurnOutcome> {
    await this.#parts.calls.settle(() => "This was not done.");
    return failed(
      "agent-protocol",
      true,
      `The model stopped for a reason that is not known: ${stopReason}.`,
    );
  }

  async #takeFailure(failure: ApiFailure): Promise<TurnOutcome | null> {
    if (failure.kind === "too-long") return this.#makeRoom(this.#parts.redact(failure.message));
    const { settings, redact, now } = this.#parts;
    const clean = { ...failure, message: redact(failure.message) };
    return failureOutcome(clean, settings.pool, now());
  }

  /** Leaves out what can be; where nothing can, the session is over, as it would fail again. */
  async #makeRoom(message: string): Promise<TurnOutcome | null> {
    const { log } = this.#parts;
    const callIds = callsToTrimAtAll(log.conversation);
    if (callIds.length > 0) {
      await this.#trim(callIds);
      return null;
    }
    const isBeyondPrompt = log.conversation.isBeyondPrompt;
    await log.record({ type: "closed", reason: "context-too-long" });
    return failed(
      "context-too-long",
      isBeyondPrompt,
      `The conversation is too long for the model: ${message}`,
    );
  }

  async #ask(): Promise<ModelReply | ApiFailure> {
    const { settings, log, model, report } = this.#parts;
    const callIds = callsToTrim(log.conversation, settings.contextWindow - settings.maxTokens);
    if (callIds.length > 0) await this.#trim(callIds);
    return model.ask(this.#body(), {
      signal: this.#signal,
      onActivity: () => report.activity(),
      onText: (text) => report.text(text),
      onLimits: (limits) => report.limits(limits),
      onSpent: async (usage) => {
        await log.record({ type: "spent", usage });
        report.usage();
      },
      onRetry: (failure, waitMs) => report.retry(failure, waitMs),
    });
  }

  #body(): MessageCreateParamsNonStreaming {
    const { settings, system, toolbox, log } = this.#parts;
    const tools = [...toolbox.definitions(), askPerson];
    return requestBody(settings, system, tools, log.conversation.messages());
  }

  async #trim(callIds: readonly string[]): Promise<void> {
    const { log, report } = this.#parts;
    await log.record({ type: "trimmed", callIds: [...callIds] });
    report.trimmed(callIds.length);
  }
}

function interruption({ begun }: OpenCall): string {
  return begun
    ? "Interrupted: this had begun, and nobody knows how far it came. Look before you repeat it."
    : "Interrupted: this was not begun.";
}

function failed(code: FailureCode, retryable: boolean, message: string): TurnOutcome {
  return { kind: "failed", code, retryable, message };
}
