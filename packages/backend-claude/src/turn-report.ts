import type { AgentUsage, SessionLimits } from "@signalbox/contracts";
import type { Voice } from "./bounded-voice.ts";
import type { ApiFailure } from "./request/api-failure.ts";
import type { ModelReply } from "./request/model-client.ts";
import type { RateLimits } from "./request/rate-limits.ts";
import { exhaustedBudget, isBudgetBlind } from "./session-budget.ts";
import { type Billing, totalUsage } from "./session/session-usage.ts";
import type { SessionLog } from "./session/session-log.ts";

/** While the model speaks or a program prints, this often something is said about it. */
const signOfLifeMs = 30_000;
/** Rate limits are told again when they have moved by this much. */
const percentStep = 10;

/** Tells the host what goes on in a session. */
export class TurnReport {
  readonly #voice: Voice;
  readonly #log: SessionLog;
  readonly #billing: Billing;
  readonly #budget: SessionLimits["budget"];
  /** Requests of earlier processes: each process tells what it has used itself. */
  readonly #earlier: number;
  readonly #redact: (text: string) => string;
  #onActivity: () => void = () => undefined;
  #lastSignAt = performance.now();
  #lastPercent: number | null = null;
  #wasBlind = false;

  constructor(
    voice: Voice,
    log: SessionLog,
    billing: Billing,
    budget: SessionLimits["budget"],
    redact: (text: string) => string,
  ) {
    this.#voice = voice;
    this.#log = log;
    this.#billing = billing;
    this.#redact = redact;
    this.#budget = budget;
    this.#earlier = log.conversation.usages.length;
  }

  /** `listener` hears of every sign of life. */
  watch(listener: () => void): void {
    this.#onActivity = listener;
  }

  activity(): void {
    this.#onActivity();
    if (performance.now() - this.#lastSignAt >= signOfLifeMs) this.usage();
  }

  text(text: string): void {
    this.#voice.emit({ type: "message", role: "agent", text: this.#redact(text) });
  }

  reply({ content, stopReason, usage }: ModelReply): void {
    this.#voice.transcribe(JSON.stringify({ type: "reply", stopReason, usage, content }));
    this.usage();
  }

  usage(): void {
    this.#lastSignAt = performance.now();
    this.#voice.emit({ type: "usage", usage: this.#total() });
  }

  limits({ usedPercent, resetsAt }: RateLimits): void {
    if (usedPercent === null) return;
    const moved =
      this.#lastPercent === null || Math.abs(usedPercent - this.#lastPercent) >= percentStep;
    if (!moved) return;
    this.#lastPercent = usedPercent;
    const { pool } = this.#billing;
    this.#voice.emit({ type: "rate-limit", pool, usedPercent, resetsAt });
  }

  retry(failure: ApiFailure, waitMs: number): void {
    const seconds = (waitMs / 1_000).toFixed(1);
    const text = `${this.#redact(failure.message)} Asked again in ${seconds} s.`;
    this.#voice.transcribe(JSON.stringify({ type: "retry", ...failure, waitMs }));
    this.#voice.emit({ type: "notice", level: "warn", text });
    this.#onActivity();
  }

  trimmed(count: number): void {
    const text = `The conversation is long: the results of ${count} tool calls are left out from now on.`;
    this.#voice.emit({ type: "notice", level: "info", text });
  }

  /** The budget that is used up; `null`: none is. */
  exhaustedBudget(): string | null {
    const total = this.#total();
    if (!this.#wasBlind && isBudgetBlind(this.#budget, total)) {
      this.#wasBlind = true;
      const text =
        "The price of this model is not known, so its budget in US dollars cannot be checked. Set it under prices in the workflow file.";
      this.#voice.emit({ type: "notice", level: "warn", text });
    }
    return exhaustedBudget(this.#budget, total);
  }

  #total(): AgentUsage {
    return totalUsage(this.#log.conversation.usages.slice(this.#earlier), this.#billing);
  }
}
