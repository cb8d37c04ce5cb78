import {
  SignalboxError,
  type Clock,
  type Journal,
  type NewJournalEntry,
} from "@signalbox/contracts";
import {
  applyEvent,
  factForm,
  factsVersion,
  journalForm,
  type DecidedEvent,
  type OrchestratorEvent,
  type OrchestratorState,
  type SideEffect,
} from "@signalbox/core";

const maxBatch = 1_000;
const maxRetryDelayMs = 30_000;

export interface Commit {
  readonly state: OrchestratorState;
  readonly decided: readonly DecidedEvent[];
  readonly effects: readonly SideEffect[];
}

export interface MailboxPorts {
  readonly clock: Clock;
  readonly journal: Journal;
  /** Called after the facts are durable, in order. */
  readonly onCommit: (commit: Commit) => void;
  /** Called after each look at what waited, whether anything was decided or not. */
  readonly onLooked: () => void;
  /** The journal cannot be written now; it is tried again. `null`: it works again. */
  readonly onJournalTrouble: (error: unknown) => void;
  /** One event could not be decided; it is left out. */
  readonly onRejectedEvent: (event: OrchestratorEvent, error: unknown) => void;
  /** Another daemon has taken over: nothing may be done any more. */
  readonly onFenced: (error: SignalboxError) => void;
}

/** An event that waits, and whoever wants to know what it leads to. */
interface Letter {
  readonly event: OrchestratorEvent;
  readonly asker: PromiseWithResolvers<readonly DecidedEvent[]> | null;
}

interface Answer {
  readonly asker: PromiseWithResolvers<readonly DecidedEvent[]>;
  readonly facts: readonly DecidedEvent[];
}

/**
 * Takes what happened, one at a time and in order, lets the core decide, and hands out effects once the facts are
 * durable. All that waits at one moment shares one append.
 */
export class Mailbox {
  readonly #ports: MailboxPorts;
  readonly #epoch: number;
  #state: OrchestratorState;
  #version: number;
  #waiting: Letter[] = [];
  #pump: Promise<void> | null = null;
  readonly #closing: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  #closed = false;

  constructor(state: OrchestratorState, version: number, epoch: number, ports: MailboxPorts) {
    this.#state = state;
    this.#version = version;
    this.#epoch = epoch;
    this.#ports = ports;
  }

  /** The last durable state. */
  get state(): OrchestratorState {
    return this.#state;
  }

  /** Sequence number of the last durable entry. */
  get version(): number {
    return this.#version;
  }

  post(event: OrchestratorEvent): void {
    this.#put({ event, asker: null });
  }

  /**
   * Posts an event, and resolves with what it led to once that is durable: an empty list where it changed nothing.
   * Rejects with `orchestrator_ended` where nothing is taken any more, and with what the core said where it could not
   * decide.
   */
  ask(event: OrchestratorEvent): Promise<readonly DecidedEvent[]> {
    const asker = Promise.withResolvers<readonly DecidedEvent[]>();
    this.#put({ event, asker });
    return asker.promise;
  }

  /** Resolves when all that was posted so far is durable. */
  async settled(): Promise<void> {
    while (this.#pump !== null) await this.#pump;
  }

  /** Takes nothing more. */
  close(): void {
    this.#closed = true;
    for (const { asker } of this.#waiting.splice(0)) asker?.reject(ended());
    this.#closing.resolve();
  }

  #put(letter: Letter): void {
    if (this.#closed) {
      letter.asker?.reject(ended());
      return;
    }
    this.#waiting.push(letter);
    this.#pump ??= this.#run();
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#ports.clock.yield();
      const batch = this.#waiting.splice(0, maxBatch);
      const folded = this.#fold(batch);
      const version = await this.#append(folded.entries);
      if (version === null) {
        for (const { asker } of folded.answers) asker.reject(ended());
        break;
      }
      // At once: whoever looks in between two steps sees a state and the entry that it is the state after.
      this.#version = version;
      this.#state = folded.commit.state;
      if (folded.entries.length > 0) this.#ports.onCommit(folded.commit);
      for (const { asker, facts } of folded.answers) asker.resolve(facts);
      this.#ports.onLooked();
    }
    this.#pump = null;
  }

  #fold(batch: readonly Letter[]): Folded {
    let state = this.#state;
    const decided: DecidedEvent[] = [];
    const effects: SideEffect[] = [];
    const entries: NewJournalEntry[] = [];
    const answers: Answer[] = [];
    for (const { event, asker } of batch) {
      try {
        const step = applyEvent(state, event);
        if (asker !== null) answers.push({ asker, facts: step.decided });
        if (step.decided.length === 0) continue;
        state = step.state;
        decided.push(...step.decided);
        effects.push(...step.effects);
        entries.push(toEntry(event, step.decided));
      } catch (error) {
        asker?.reject(error);
        this.#ports.onRejectedEvent(event, error);
      }
    }
    return { commit: { state, decided, effects }, entries, answers };
  }

  /** The same entries under the same key until they are durable. `null`: this daemon is over. */
  async #append(entries: readonly NewJournalEntry[]): Promise<number | null> {
    if (entries.length === 0) return this.#version;
    const key = `${this.#epoch}:${this.#version}`;
    for (let attempt = 0; !this.#closed; attempt += 1) {
      try {
        const { journal } = this.#ports;
        const version = await journal.append(this.#version, this.#epoch, entries, key);
        if (attempt > 0) this.#ports.onJournalTrouble(null);
        return version;
      } catch (error) {
        if (isOver(error)) {
          this.close();
          this.#ports.onFenced(error);
          return null;
        }
        this.#ports.onJournalTrouble(error);
        await this.#pause(Math.min(1_000 * 2 ** attempt, maxRetryDelayMs));
      }
    }
    return null;
  }

  async #pause(delayMs: number): Promise<void> {
    const over = Promise.withResolvers<void>();
    const timer = this.#ports.clock.setTimer(delayMs, over.resolve);
    await Promise.race([over.promise, this.#closing.promise]);
    timer[Symbol.dispose]();
  }
}

interface Folded {
  readonly commit: Commit;
  readonly entries: readonly NewJournalEntry[];
  readonly answers: readonly Answer[];
}

function ended(): SignalboxError {
  return new SignalboxError("orchestrator_ended", "the orchestrator has ended", {
    remedy: "Ask the next one.",
  });
}

function isOver(error: unknown): error is SignalboxError {
  return (
    SignalboxError.isInstance(error) &&
    (error.code === "journal_fenced" || error.code === "journal_stale_version")
  );
}

function toEntry(event: OrchestratorEvent, decided: readonly DecidedEvent[]): NewJournalEntry {
  const data = { input: journalForm(event), decided: factForm(decided) };
  return { type: event.type, v: factsVersion, at: event.at, data };
}
