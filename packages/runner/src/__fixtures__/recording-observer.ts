import type {
  AgentEvent,
  RunEnding,
  RunEvent,
  RunObserver,
  TurnReply,
  TurnReport,
} from "@signalbox/contracts";

/** Keeps what it hears, and answers every turn with the next of `replies`, at the end with `done`. */
export class RecordingObserver implements RunObserver {
  readonly events: RunEvent[] = [];
  readonly turns: TurnReport[] = [];
  readonly #replies: TurnReply[];
  #waiting: (() => void)[] = [];

  constructor(...replies: TurnReply[]) {
    this.#replies = replies;
  }

  onEvent(event: RunEvent): void {
    this.events.push(event);
    for (const check of this.#waiting) check();
  }

  async onTurnEnded(turn: TurnReport): Promise<TurnReply> {
    this.turns.push(turn);
    for (const check of this.#waiting) check();
    return this.#replies.shift() ?? { kind: "end", reason: "done" };
  }

  /** A word for each event: its phase, its agent event's type, or its own. */
  get story(): string[] {
    return this.events.map((event) => {
      if (event.type === "phase-changed") return event.phase;
      return event.type === "agent-event" ? event.event.type : event.type;
    });
  }

  get agentEvents(): AgentEvent[] {
    return this.events.flatMap((event) => (event.type === "agent-event" ? [event.event] : []));
  }

  /** Resolves when the story has that word. */
  async until(word: string): Promise<void> {
    await this.when(() => this.story.includes(word));
  }

  async untilTurnEnded(): Promise<void> {
    await this.when(() => this.turns.length > 0);
  }

  async ending(): Promise<RunEnding> {
    await this.until("ended");
    const last = this.events.at(-1);
    if (last?.type !== "ended") throw new Error("something came after the end");
    return last.ending;
  }

  /** Resolves when it is true, looking after each event. */
  async when(isTrue: () => boolean): Promise<void> {
    if (isTrue()) return;
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (!isTrue()) return;
        this.#waiting = this.#waiting.filter((waiting) => waiting !== check);
        resolve();
      };
      this.#waiting.push(check);
    });
  }
}
