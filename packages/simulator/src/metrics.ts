import type { DecidedEvent } from "@signalbox/core";

/** What people ask of a forecast: how much, how long, how full. */
export class Metrics {
  readonly outcomes: Map<string, number> = new Map();
  readonly parked: Map<string, number> = new Map();
  readonly waitingMs: number[] = [];
  finished = 0;
  written = 0;
  runs = 0;
  readonly #writtenAt = new Map<string, number>();
  #slots: readonly [at: number, running: number] = [0, 0];
  #runningMs = 0;
  #capacityMs = 0;
  #until = Infinity;

  /** Slot use is measured up to `until`. */
  begin(at: number, until: number): void {
    this.#slots = [at, 0];
    this.#until = until;
  }

  onWritten(issueId: string, at: number): void {
    this.written += 1;
    this.#writtenAt.set(issueId, at);
  }

  /** `slots`: how many there were since the last call. */
  onSlots(at: number, running: number, slots: number): void {
    const [since, before] = this.#slots;
    const lastedMs = Math.max(0, Math.min(at, this.#until) - since);
    this.#runningMs += lastedMs * before;
    this.#capacityMs += lastedMs * slots;
    this.#slots = [at, running];
  }

  /** Share of the slots that were taken, 0 to 1. */
  get slotUse(): number {
    return this.#capacityMs === 0 ? 0 : this.#runningMs / this.#capacityMs;
  }

  note(fact: DecidedEvent, at: number): void {
    if (fact.type === "run-confirmed") this.#onStarted(fact.issueId, at);
    if (fact.type === "run-closed") increment(this.outcomes, fact.outcome.kind);
    if (fact.type === "issue-parked") increment(this.parked, fact.reason.kind);
    if (isFinish(fact) && at <= this.#until) this.finished += 1;
  }

  #onStarted(issueId: string, at: number): void {
    this.runs += 1;
    const writtenAt = this.#writtenAt.get(issueId);
    if (writtenAt === undefined) return;
    this.#writtenAt.delete(issueId);
    this.waitingMs.push(at - writtenAt);
  }
}

/** Where no state is mapped for success, whoever finishes the work moves the issue. */
function isFinish(fact: DecidedEvent): boolean {
  return (
    fact.type === "issue-delivered" ||
    (fact.type === "claim-released" && fact.reason === "issue-terminal")
  );
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
