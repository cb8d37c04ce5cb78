import { randomUUID } from "node:crypto";
import {
  type Backend,
  type BackendErrorCode,
  type Session,
  SignalboxError,
  type SessionOrder,
} from "@signalbox/contracts";
import { MockSession } from "./mock-session.ts";
import type { MockRuns, MockScript, MockStep } from "./mock-step.ts";

/** An agent that plays a script. It writes real files and makes real commits, and asks no model. */
export class MockBackend implements Backend {
  readonly #script: MockScript;
  /** Sessions begun so far, by workspace. */
  readonly #begun = new Map<string, number>();

  /** Throws a `RangeError` where a listed script, or a session in it, is empty. */
  constructor(options: { readonly script: MockScript }) {
    const { script } = options;
    if (typeof script !== "function") checkNotEmpty(script);
    this.#script = script;
  }

  async startSession(order: SessionOrder): Promise<Session> {
    if (order.signal.aborted) {
      throw new SignalboxError<BackendErrorCode>(
        "internal",
        "The session was stopped before it began",
        {
          retryable: true,
          cause: order.signal.reason,
        },
      );
    }
    const run = this.#countRun(order);
    const script = this.#script;
    const stepOf =
      typeof script === "function"
        ? script
        : ({ turn }: { turn: number }) => listedStep(script, run, turn);
    if (typeof script !== "function" && crashesAtStart(listedStep(script, run, 1))) {
      throw new Error("The mock agent crashed at its start");
    }
    const sessionId = order.resume ?? randomUUID();
    order.emit({ type: "session-started", sessionId, model: "mock" });
    return new MockSession(order, { sessionId, run, stepOf });
  }

  #countRun(order: SessionOrder): number {
    const begun = (this.#begun.get(order.cwd) ?? 0) + 1;
    this.#begun.set(order.cwd, begun);
    const attempt = order.environment["SIGNALBOX_ATTEMPT"];
    return attempt === undefined ? begun : Number(attempt) + 1;
  }
}

function listedStep(runs: MockRuns, run: number, turn: number): MockStep {
  const steps = [runs[Math.min(run, runs.length) - 1] ?? []].flat();
  const step = steps[Math.min(turn, steps.length) - 1];
  if (step === undefined)
    throw new RangeError(`The mock script has no step for turn ${turn} of run ${run}`);
  return step;
}

function checkNotEmpty(runs: MockRuns): void {
  if (runs.length === 0 || runs.some((run) => Array.isArray(run) && run.length === 0)) {
    throw new RangeError("A mock script, and each session in it, needs at least one step");
  }
}

function crashesAtStart(step: MockStep): boolean {
  return step.kind === "crash" && step.at === "start";
}
