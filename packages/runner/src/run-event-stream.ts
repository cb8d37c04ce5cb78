import type { AgentEvent, Clock, Logger, RunEvent, RunObserver } from "@signalbox/contracts";
import { agentEventWeight, clipAgentEvent, isEssential } from "./agent-event-size.ts";
import { messageOf } from "./failure.ts";
import { redactAll } from "./secrets.ts";
import { within } from "./within.ts";

/**
 * Events that may wait for the observer, before what the agent says is folded into a notice; twice as many of those
 * that somebody decides by.
 */
const maxWaiting = 1_000;
/** The same in characters of text. */
const maxWaitingCharacters = 2_000_000;

type RunEventBody = RunEvent extends infer Event
  ? Event extends RunEvent
    ? Omit<Event, "spoolSeq" | "at">
    : never
  : never;

export interface RunEventStreamOrder {
  readonly observer: RunObserver;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly runId: string;
  /** Never leave this process, whatever says them. */
  readonly secrets: readonly string[];
  /** How long the observer may take over one event. */
  readonly patienceMs: number;
  /** Told once, when the observer took longer. */
  readonly onAbsence: () => void;
}

/**
 * Numbers what happens in one run and gives it to the observer, one event at a time. What the agent says while the
 * observer is busy waits, up to a bound; beyond it, it is counted and left out, with a notice in its place. The
 * newest usage is never left out.
 */
export class RunEventStream {
  readonly #order: RunEventStreamOrder;
  readonly #waiting: { readonly body: RunEventBody; readonly weight: number }[] = [];
  #waitingCharacters = 0;
  #folded = 0;
  #foldedUsage: AgentEvent | null = null;
  #lastSeq = 0;
  #pumping: Promise<void> | null = null;
  #absent = false;

  constructor(order: RunEventStreamOrder) {
    this.#order = order;
  }

  /** What the run itself reports: never left out. */
  emit(body: RunEventBody): void {
    this.#unfold();
    this.#push(redactAll(body, this.#order.secrets), 0);
  }

  emitAgentEvent(given: AgentEvent): void {
    const event = clipAgentEvent(redactAll(given, this.#order.secrets));
    const weight = agentEventWeight(event);
    if (this.#hasRoom(event, weight)) {
      this.#unfold();
      this.#push({ type: "agent-event", event }, weight);
    } else {
      this.#folded += 1;
      if (event.type === "usage") this.#foldedUsage = event;
    }
  }

  /** Resolves when the observer has got everything, or is given up. */
  async drain(): Promise<void> {
    while (this.#pumping !== null) await this.#pumping;
  }

  #hasRoom(event: AgentEvent, weight: number): boolean {
    const characters = this.#waitingCharacters + weight;
    if (isEssential(event)) {
      return this.#waiting.length < 2 * maxWaiting && characters <= 2 * maxWaitingCharacters;
    }
    // Once something was left out, the observer catches up first: one notice then stands for many events.
    const share = this.#folded > 0 ? 0.5 : 1;
    return this.#waiting.length < share * maxWaiting && characters <= share * maxWaitingCharacters;
  }

  /** Says what was left out, before anything that comes after it. */
  #unfold(): void {
    if (this.#folded === 0) return;
    const text = `${this.#folded} events of the agent were left out: they came faster than they could be taken.`;
    const usage = this.#foldedUsage;
    this.#folded = 0;
    this.#foldedUsage = null;
    this.#push({ type: "agent-event", event: { type: "notice", level: "warn", text } }, 0);
    if (usage !== null) this.#push({ type: "agent-event", event: usage }, 0);
  }

  #push(body: RunEventBody, weight: number): void {
    if (this.#absent && body.type !== "ended") return;
    this.#waiting.push({ body, weight });
    this.#waitingCharacters += weight;
    this.#pumping ??= this.#pump();
  }

  async #pump(): Promise<void> {
    // Never within the call that emits: the observer may emit in turn.
    await Promise.resolve();
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#waitingCharacters -= next.weight;
      await this.#give(next.body);
      if (this.#waiting.length === 0) this.#unfold();
    }
    this.#pumping = null;
  }

  async #give(body: RunEventBody): Promise<void> {
    const { clock, observer, patienceMs } = this.#order;
    this.#lastSeq += 1;
    const event: RunEvent = { ...body, spoolSeq: this.#lastSeq, at: clock.now() };
    try {
      const taking = observer.onEvent(event);
      if (taking === undefined) return;
      if ((await within(clock, patienceMs, () => taking)) === "too-late") this.#giveUp();
    } catch (error) {
      this.#order.logger.log("error", "The observer of a run failed; the run goes on.", {
        run_id: this.#order.runId,
        event: event.type,
        error: messageOf(error),
      });
    }
  }

  #giveUp(): void {
    if (this.#absent) return;
    this.#absent = true;
    const last = this.#waiting.filter(({ body }) => body.type === "ended");
    this.#waiting.splice(0, this.#waiting.length, ...last);
    this.#waitingCharacters = 0;
    this.#order.onAbsence();
  }
}
