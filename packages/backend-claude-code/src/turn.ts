import type { TurnOutcome } from "@signalbox/contracts";
import type { ProcessExit } from "@signalbox/process";
import type { AssistantMessage, RateLimitInfo, ResultMessage } from "./stream-message.ts";
import { turnOutcome } from "./turn-outcome.ts";

/** The host knows why it stopped the turn, and says so in its own words. */
export const canceled: TurnOutcome = { kind: "canceled", reason: "operator" };

/** One turn: what is known of it, until its one outcome. */
export class Turn {
  readonly outcome: Promise<TurnOutcome>;
  readonly #settle: (outcome: TurnOutcome) => void;
  #isOver = false;
  #isInterrupted = false;
  #question: string | null = null;
  /** What it will end as, whatever the program says while it is being stopped. */
  #verdict: TurnOutcome | null = null;
  #error: string | null = null;
  #refusal: RateLimitInfo | null = null;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<TurnOutcome>();
    this.outcome = promise;
    this.#settle = resolve;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The first verdict holds. The program is to be stopped then: the turn ends when it has ended. */
  condemn(verdict: TurnOutcome): void {
    this.#verdict ??= verdict;
  }

  noteInterruption(): void {
    this.#isInterrupted = true;
  }

  noteQuestion(question: string): void {
    this.#question ??= question;
  }

  noteError({ error, api_error_params }: AssistantMessage): void {
    this.#error = error ?? this.#error;
    this.#refusal = api_error_params?.rate_limit_info ?? this.#refusal;
  }

  noteRefusal(limit: RateLimitInfo): void {
    if (limit.status === "rejected") this.#refusal = limit;
  }

  /** The program has said how the turn ended: no matter where it is being stopped. */
  endWithResult(result: ResultMessage, pool: string): void {
    if (this.#verdict !== null) return;
    const outcome = turnOutcome(result, { pool, error: this.#error, refusal: this.#refusal });
    const isStopped = this.#isInterrupted && outcome.kind !== "succeeded";
    this.#end(this.#decided() ?? (isStopped ? canceled : outcome));
  }

  /** The program has ended, and said nothing of the turn. */
  endWithExit({ code, signal, stoppedBy }: ProcessExit, lastError: string | null): void {
    if (stoppedBy !== null) return this.#end(this.#decided() ?? canceled);
    const how = code === null ? `was ended by ${signal ?? "a signal"}` : `exited with code ${code}`;
    const why = lastError === null ? "" : `: ${lastError}`;
    const failed: TurnOutcome = {
      kind: "failed",
      code: "agent-exit",
      retryable: true,
      message: `Claude Code ${how} in the middle of a turn${why}`,
    };
    this.#end(this.#decided() ?? failed);
  }

  #decided(): TurnOutcome | null {
    if (this.#verdict !== null) return this.#verdict;
    return this.#question === null ? null : { kind: "needs-input", question: this.#question };
  }

  #end(outcome: TurnOutcome): void {
    this.#isOver = true;
    this.#settle(outcome);
  }
}
