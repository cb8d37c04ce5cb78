import type { Backend, Session, SessionOrder, TurnOutcome } from "@signalbox/contracts";

/** Plays one turn: 1-based, in the order's folder. */
export type ScriptedTurn = (
  turn: number,
  order: SessionOrder,
  prompt: string,
  signal: AbortSignal,
) => Promise<TurnOutcome>;

/** A backend in this process that does what a test tells it, and remembers what it was told. */
export class ScriptedBackend implements Backend {
  readonly sessions: SessionOrder[] = [];
  readonly prompts: string[] = [];
  closed = 0;
  readonly #play: ScriptedTurn;

  constructor(play: ScriptedTurn = async () => ({ kind: "succeeded" })) {
    this.#play = play;
  }

  async startSession(order: SessionOrder): Promise<Session> {
    this.sessions.push(order);
    order.emit({ type: "session-started", sessionId: "session-1", model: null });
    let turn = 0;
    return {
      sessionId: "session-1",
      runTurn: async (prompt, signal) => {
        this.prompts.push(prompt);
        turn += 1;
        return this.#play(turn, order, prompt, signal);
      },
      interrupt: async () => undefined,
      close: async () => {
        this.closed += 1;
      },
    };
  }
}

/** A turn that ends only when it is aborted, as the contract wants it. */
export const untilAborted: ScriptedTurn = async (_turn, _order, _prompt, signal) => {
  await aborted(signal);
  return { kind: "canceled", reason: "operator" };
};

export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => {
    signal.addEventListener("abort", resolve, { once: true });
  });
}
