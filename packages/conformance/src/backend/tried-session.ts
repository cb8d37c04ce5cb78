import type { Session, TurnOutcome } from "@signalbox/contracts";
import { demand, LawBroken } from "../law-broken.ts";
import { within } from "../within.ts";
import type { Hearing } from "./hearing.ts";
import { outcomeProblem } from "./outcome-shape.ts";

/** Longer than a backend may hold back what it has heard. */
const quietMs = 250;

/** A session under observation: every wait is bounded, every outcome is checked. */
export class TriedSession {
  readonly hearing: Hearing;
  readonly #session: Session;
  readonly #patienceMs: number;

  constructor(session: Session, hearing: Hearing, patienceMs: number) {
    this.#session = session;
    this.hearing = hearing;
    this.#patienceMs = patienceMs;
  }

  get sessionId(): string | null {
    return this.#session.sessionId;
  }

  /** Breaks the law where the turn rejects, does not end, or ends as nothing that the contract knows. */
  async runTurn(
    prompt = "Do what the scenario says.",
    signal: AbortSignal = new AbortController().signal,
  ): Promise<TurnOutcome> {
    const turn = this.#session.runTurn(prompt, signal).catch((error: unknown): never => {
      throw new LawBroken(`A turn ends with an outcome, and this one rejected: ${String(error)}`);
    });
    const outcome = await within(this.#patienceMs, "The turn", turn);
    const problem = outcomeProblem(outcome);
    demand(problem === null, `The turn ended as ${JSON.stringify(outcome)}: ${problem}`);
    return outcome;
  }

  /** Begins a turn, and resolves when the agent has said something in it. */
  async beginTurn(signal?: AbortSignal): Promise<{ readonly outcome: Promise<TurnOutcome> }> {
    const outcome = this.runTurn(undefined, signal);
    const spoken = this.hearing.heard(({ type }) => type === "message" || type === "tool-call");
    const first = await Promise.race([
      within(this.#patienceMs, "Waiting for the agent's first word", spoken),
      outcome,
    ]);
    demand(first === undefined, `The turn ended as ${JSON.stringify(first)} and should go on.`);
    return { outcome };
  }

  async interrupt(): Promise<void> {
    await within(this.#patienceMs, "interrupt", this.#session.interrupt());
  }

  async close(): Promise<void> {
    await within(this.#patienceMs, "close", this.#session.close());
  }

  /** Breaks the law where the session says anything more. */
  async staysQuiet(after: string): Promise<void> {
    const { count } = this.hearing;
    await new Promise((resolve) => setTimeout(resolve, quietMs));
    const more = this.hearing.count - count;
    demand(more === 0, `${more} events or lines came after ${after}: ${this.hearing.summary()}.`);
  }
}
