import type { Clock, ConfigSource, Journal, JsonValue } from "@signalbox/contracts";
import { snapshotParts, snapshotVersion, type OrchestratorState } from "@signalbox/core";

/** Entries after which a start would have to fold too much. */
const snapshotEvery = 20_000;
/** Entries until a snapshot that could not be saved is tried again. */
const retryEvery = 2_000;
const firstTurnMs = 60_000;
const turnEveryMs = 6 * 3_600_000;
const dayMs = 24 * 3_600_000;

const saving = "saving a snapshot (the journal alone is enough to go on)";
const compacting = "deleting old journal entries (they stay for now)";

export interface JournalUpkeepPorts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly config: Pick<ConfigSource, "current">;
  /** The last durable state, and the entry that it is the state after. */
  readonly latest: () => { readonly state: OrchestratorState; readonly version: number };
  readonly onFailure: (error: unknown, doing: string) => void;
  readonly onSuccess: (doing: string) => void;
}

/**
 * Keeps the way back short: a snapshot every 20,000 entries, every 6 hours in which something happened, and at the end;
 * and deletes every 6 hours what is older than `retention.journal_days`. Never waited for.
 */
export class JournalUpkeep {
  readonly #ports: JournalUpkeepPorts;
  readonly #end = new AbortController();
  #snapshotAt: number;
  #nextSnapshot: number;
  #saving: Promise<void> | null = null;
  #turn: Promise<void> | null = null;
  #timer: Disposable | null = null;

  /** `snapshotSeq`: of the newest snapshot, 0 where there is none. */
  constructor(snapshotSeq: number, ports: JournalUpkeepPorts) {
    this.#ports = ports;
    this.#snapshotAt = snapshotSeq;
    this.#nextSnapshot = snapshotSeq + snapshotEvery;
  }

  begin(): void {
    this.#arm(firstTurnMs);
  }

  /** To be called after each commit. */
  onCommit(): void {
    if (this.#ports.latest().version >= this.#nextSnapshot) void this.#save();
  }

  /** Saves a last snapshot. Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#end.abort();
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    await this.#turn;
    await this.#saving;
    await this.#save();
  }

  #arm(delayMs: number): void {
    if (this.#end.signal.aborted) return;
    this.#timer = this.#ports.clock.setTimer(delayMs, () => {
      this.#turn = this.#takeTurn();
    });
  }

  async #takeTurn(): Promise<void> {
    await this.#save();
    await this.#compact();
    this.#arm(turnEveryMs);
  }

  async #compact(): Promise<void> {
    const { clock, config, journal, onFailure, onSuccess } = this.#ports;
    const { journalDays } = config.current().retention;
    try {
      await journal.compact?.(clock.now() - journalDays * dayMs, this.#end.signal);
      onSuccess(compacting);
    } catch (error) {
      onFailure(error, compacting);
    }
  }

  async #save(): Promise<void> {
    this.#saving ??= this.#saveNow().finally(() => {
      this.#saving = null;
    });
    await this.#saving;
  }

  async #saveNow(): Promise<void> {
    const { journal, onFailure, onSuccess } = this.#ports;
    const { state, version } = this.#ports.latest();
    if (version === this.#snapshotAt) return;
    this.#nextSnapshot = version + retryEvery;
    try {
      const data = await this.#partsOf(state);
      await journal.saveSnapshot({ seq: version, v: snapshotVersion, data });
      this.#snapshotAt = version;
      this.#nextSnapshot = version + snapshotEvery;
      onSuccess(saving);
    } catch (error) {
      onFailure(error, saving);
    }
  }

  async #partsOf(state: OrchestratorState): Promise<JsonValue> {
    const parts: JsonValue[] = [];
    for (const part of snapshotParts(state)) {
      parts.push(part);
      await this.#ports.clock.yield();
    }
    return parts;
  }
}
