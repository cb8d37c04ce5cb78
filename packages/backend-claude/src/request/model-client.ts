import type { Anthropic } from "@anthropic-ai/sdk";
import type {
  ContentBlock,
  MessageStreamEvent,
  MessageCreateParamsNonStreaming,
  StopReason,
} from "@anthropic-ai/sdk/resources/messages";
import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import type { ClaudeSettings } from "../claude-options.ts";
import { replyContent, type RequestUsage } from "../session/session-entry.ts";
import { type ApiFailure, apiFailureOf } from "./api-failure.ts";
import { type RateLimits, rateLimitsOf } from "./rate-limits.ts";
import { UsageMeter } from "./usage-meter.ts";

/** The part of the SDK's client that is used. */
export type MessagesApi = Pick<Anthropic["messages"], "stream">;

export interface ModelReply {
  readonly kind: "reply";
  readonly content: ContentBlock[];
  readonly stopReason: StopReason;
  readonly usage: RequestUsage;
}

export interface RequestWatcher {
  readonly signal: AbortSignal;
  /** Something has come from the model. */
  readonly onActivity: () => void;
  /** A text of the reply is complete. It comes again where the request has to be repeated. */
  readonly onText: (text: string) => void;
  readonly onLimits: (limits: RateLimits) => void;
  /** A request broke off and cost this all the same. */
  readonly onSpent: (usage: RequestUsage) => Promise<void>;
  readonly onRetry: (failure: ApiFailure, waitMs: number) => void;
}

const firstWaitMs = 1_000;

/** Asks the model, again where that may help. */
export class ModelClient {
  readonly #api: MessagesApi;
  readonly #settings: ClaudeSettings;
  readonly #now: () => number;

  constructor(api: MessagesApi, settings: ClaudeSettings, now: () => number) {
    this.#api = api;
    this.#settings = settings;
    this.#now = now;
  }

  /** Rejects only where the signal is aborted, with its reason, and with what a watcher rejects with. */
  async ask(
    body: MessageCreateParamsNonStreaming,
    watcher: RequestWatcher,
  ): Promise<ModelReply | ApiFailure> {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.#attempt(body, watcher);
      watcher.signal.throwIfAborted();
      if (answer.kind === "reply") return answer;
      const waitMs = attempt < this.#settings.maxRetries ? this.#waitMs(answer, attempt) : null;
      if (waitMs === null) return answer;
      watcher.onRetry(answer, waitMs);
      await delay(waitMs, undefined, { signal: watcher.signal });
    }
  }

  /** `null`: it is not worth a wait. */
  #waitMs(failure: ApiFailure, attempt: number): number | null {
    const { maxRetryWaitMs } = this.#settings;
    if (failure.kind === "too-long") return null;
    if (failure.kind === "failed" && !failure.retryable) return null;
    if (failure.kind === "rate-limited" && failure.limits.isUsedUp) return null;
    const asked = failure.kind === "failed" ? failure.retryAfterMs : failure.limits.retryAfterMs;
    if (asked !== null) return asked <= maxRetryWaitMs ? asked : null;
    const longest = Math.min(maxRetryWaitMs, firstWaitMs * 2 ** attempt);
    return longest * (0.5 + Math.random() / 2);
  }

  async #attempt(
    body: MessageCreateParamsNonStreaming,
    watcher: RequestWatcher,
  ): Promise<ModelReply | ApiFailure> {
    const meter = new UsageMeter(body.model);
    try {
      const stream = this.#api.stream(body, { signal: watcher.signal, maxRetries: 0 });
      stream.on("streamEvent", (event: MessageStreamEvent) => {
        meter.read(event);
        watcher.onActivity();
      });
      stream.on("contentBlock", (block) => {
        if (block.type === "text" && block.text.trim() !== "") watcher.onText(block.text);
      });
      const { response } = await stream.withResponse();
      watcher.onLimits(rateLimitsOf(response.headers, this.#now()));
      const { content, stop_reason: stopReason } = await stream.finalMessage();
      const parsed = v.safeParse(replyContent, content);
      if (stopReason !== null && parsed.success) {
        return { kind: "reply", content: parsed.output, stopReason, usage: meter.usage };
      }
      throw new Error("The reply ended before it was complete");
    } catch (error) {
      if (meter.hasBegun) await watcher.onSpent(meter.usage);
      return apiFailureOf(error, this.#now());
    }
  }
}
