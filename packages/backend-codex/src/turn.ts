import type { TurnOutcome } from "@signalbox/contracts";
import type { ProcessExit } from "@signalbox/process";
import type { TurnError } from "./app-server-message.ts";
import { type AccountFacts, turnFailure } from "./turn-failure.ts";

/** The host knows why it stopped the turn, and says so in its own words. */
const canceled: TurnOutcome = { kind: "canceled", reason: "operator" };

/** One turn: what is known of it, until its one outcome. */
export class Turn {
  readonly outcome: Promise<TurnOutcome>;
  readonly #settle: (outcome: TurnOutcome) => void;
  #isOver = false;
  #isInterrupted = false;
  #id: string | null = null;
  /** What it will end as, whatever the program says while it is being stopped. */
  #verdict: TurnOutcome | null = null;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<TurnOutcome>();
    this.outcome = promise;
    this.#settle = resolve;
  }

  /** As Codex names it; `null` until it has done so. */
  get id(): string | null {
    return this.#id;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isInterrupted(): boolean {
    return this.#isInterrupted;
  }

  noteId(id: string): void {
    this.#id ??= id;
  }

  /** The first verdict holds. The turn is to be ended then, in whatever way. */
  condemn(verdict: TurnOutcome): void {
    this.#verdict ??= verdict;
  }

  noteInterruption(): void {
    this.#isInterrupted = true;
  }

  /** Codex has said how the turn ended. Only `completed` without any error is a success. */
  conclude(status: string, error: TurnError | null, account: AccountFacts): void {
    const isInterrupted = this.#isInterrupted && status !== "completed";
    this.condemn(isInterrupted ? canceled : outcomeOf(status, error, account));
  }

  /** Ends it as was said or condemned. */
  settle(): void {
    if (this.#verdict !== null) this.end(this.#verdict);
  }

  /** The program has ended, and said nothing of the turn. */
  endWithExit({ code, signal, stoppedBy }: ProcessExit, lastError: string | null): void {
    if (stoppedBy !== null) return this.end(canceled);
    const how = code === null ? `was ended by ${signal ?? "a signal"}` : `exited with code ${code}`;
    const why = lastError === null ? "" : `: ${lastError}`;
    this.end({
      kind: "failed",
      code: "agent-exit",
      retryable: true,
      message: `Codex ${how} in the middle of a turn${why}`,
    });
  }

  /** Ends it so, unless it was condemned to end otherwise. */
  end(outcome: TurnOutcome): void {
    this.#isOver = true;
    this.#settle(this.#verdict ?? outcome);
  }
}

function outcomeOf(status: string, error: TurnError | null, account: AccountFacts): TurnOutcome {
  if (status === "completed" && error === null) return { kind: "succeeded" };
  if (status === "interrupted" && error === null) {
    const message = "Codex ended the turn before it was done.";
    return { kind: "failed", code: "agent-error", retryable: true, message };
  }
  return turnFailure(error, account);
}
