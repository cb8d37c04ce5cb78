import type { TurnOutcome } from "@signalbox/contracts";
import type { ProcessExit } from "@signalbox/process";
import * as v from "valibot";
import { failureOf } from "./failure-of.ts";

/** The host knows why it stopped the turn, and says so in its own words. */
const canceled: TurnOutcome = { kind: "canceled", reason: "operator" };
const answered = v.object({ stopReason: v.string() });

/** One turn: what is known of it, until its one outcome. */
export class Turn {
  readonly outcome: Promise<TurnOutcome>;
  readonly #pool: string;
  readonly #settle: (outcome: TurnOutcome) => void;
  #isOver = false;
  #isCanceled = false;
  /** What it will end as, whatever the agent says while it is being stopped. */
  #verdict: TurnOutcome | null = null;

  constructor(pool: string) {
    const { promise, resolve } = Promise.withResolvers<TurnOutcome>();
    this.#pool = pool;
    this.outcome = promise;
    this.#settle = resolve;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the agent was told to end it. */
  get isCanceled(): boolean {
    return this.#isCanceled;
  }

  cancel(): void {
    this.#isCanceled = true;
  }

  /** The first verdict holds. */
  condemn(verdict: TurnOutcome): void {
    this.#verdict ??= verdict;
  }

  /** The agent has answered the prompt. */
  endWithAnswer(answer: unknown): void {
    const said = v.safeParse(answered, answer);
    this.#end(said.success ? this.#meaningOf(said.output.stopReason) : unreadable);
  }

  /** The agent has refused the prompt, or could not go on with it. */
  endWithError(error: unknown): void {
    this.#end(this.#isCanceled ? canceled : failureOf(error, this.#pool));
  }

  /** The agent has ended, and said nothing of the turn. */
  endWithExit({ code, signal, stoppedBy }: ProcessExit, lastError: string | null): void {
    if (stoppedBy !== null) return this.#end(canceled);
    const how = code === null ? `was ended by ${signal ?? "a signal"}` : `exited with code ${code}`;
    const why = lastError === null ? "" : `: ${lastError}`;
    const message = `The agent ${how} in the middle of a turn${why}`;
    this.#end({ kind: "failed", code: "agent-exit", retryable: true, message });
  }

  #meaningOf(stopReason: string): TurnOutcome {
    switch (stopReason) {
      case "end_turn":
        return { kind: "succeeded" };
      case "cancelled":
        return this.#isCanceled ? canceled : failed("The agent says that it was canceled.", true);
      case "refusal":
        return failed("The model refuses to go on.", false);
      case "max_tokens":
        return failed("The model has said as much as it may in one answer.", true);
      case "max_turn_requests":
        return failed("The agent has asked its model as often as it may in one turn.", true);
      default:
        return failed(
          `The agent has stopped for a reason that is not known: ${stopReason.slice(0, 100)}`,
          true,
        );
    }
  }

  #end(outcome: TurnOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settle(this.#verdict ?? outcome);
  }
}

const unreadable: TurnOutcome = {
  kind: "failed",
  code: "agent-protocol",
  retryable: true,
  message: "The agent's answer to the prompt has no stop reason.",
};

function failed(message: string, retryable: boolean): TurnOutcome {
  return { kind: "failed", code: "agent-error", retryable, message };
}
