import { SignalboxError } from "@signalbox/contracts";
import { explainEligibility, type Order, type OrchestratorState } from "@signalbox/core";
import type { PollResult } from "./observation.ts";
import type { Problem } from "./problem.ts";

const maxFailedPolls = 3;
const leastPauseMs = 1_000;

/**
 * Knows when a single pass is over: nothing is eligible, running, retrying or delivering, nothing waits to be
 * written, and the tracker was read after the last of it. What is parked or blocked waits for somebody else.
 */
export class OncePass {
  readonly #state: () => OrchestratorState;
  readonly #pollAgain: (delayMs: number) => void;
  readonly #done: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  #lastProblem: Problem | null = null;
  #failedPolls = 0;
  #changedSincePoll = true;

  constructor(state: () => OrchestratorState, pollAgain: (delayMs: number) => void) {
    this.#state = state;
    this.#pollAgain = pollAgain;
    // Whoever waits for `finished` sees the rejection; nobody has to.
    this.#done.promise.catch(() => undefined);
  }

  /** Rejects when the tracker could not be read three times in a row while nothing ran. */
  get finished(): Promise<void> {
    return this.#done.promise;
  }

  onCommit(): void {
    this.#changedSincePoll = true;
    if (isQuiet(this.#state())) this.#pollAgain(0);
  }

  onPolled(result: PollResult): void {
    if (isBusy(this.#state())) return;
    if (!result.ok) {
      this.#failedPolls += 1;
      if (this.#failedPolls >= maxFailedPolls) this.#done.reject(unreadable(this.#lastProblem));
      else this.#pollAgain(Math.max(result.retryAfterMs ?? 0, leastPauseMs));
      return;
    }
    this.#failedPolls = 0;
    if (!isQuiet(this.#state())) return;
    if (this.#changedSincePoll) {
      this.#changedSincePoll = false;
      this.#pollAgain(0);
      return;
    }
    this.#done.resolve();
  }

  /** What is told last is the reason, should the pass fail. */
  onProblem(problem: Problem): void {
    this.#lastProblem = problem;
  }

  /** What cannot be worked around ends the pass. */
  fail(error: SignalboxError): void {
    this.#done.reject(error);
  }
}

function unreadable(last: Problem | null): SignalboxError {
  const detail = last === null ? "" : `; ${last.message}`;
  return new SignalboxError(
    last?.code ?? "tracker_transport",
    `the tracker or the repository could not be read three times in a row${detail}`,
    last?.remedy === null || last === null ? {} : { remedy: last.remedy },
  );
}

function isQuiet(state: OrchestratorState): boolean {
  return state.gates.recovering === undefined && !isBusy(state);
}

function isBusy(state: OrchestratorState): boolean {
  for (const order of state.orders.values()) if (!isWaiting(order)) return true;
  for (const [issueId, claim] of state.claims.entries()) {
    if (claim.phase === "parked") continue;
    if (claim.phase !== "retrying" || !claim.due || !isBlocked(issueId, state)) return true;
  }
  return false;
}

/** What is only written again, and later, can be left to the next daemon. */
function isWaiting(order: Order): boolean {
  return (
    order.kind !== "clean-workspace" && order.doubt?.isWritten === true && order.retryAt !== null
  );
}

/** Whatever it waits for is busy by itself, or waits for somebody else too. */
function isBlocked(issueId: string, state: OrchestratorState): boolean {
  const issue = state.issues.get(issueId);
  return (
    issue !== undefined &&
    explainEligibility(issue, state, state.at).some(({ code }) => code === "blocked")
  );
}
