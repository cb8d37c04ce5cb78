import type {
  JournalEntry,
  JsonValue,
  JournalSnapshot,
  NewJournalEntry,
} from "@signalbox/contracts";
import type { DaemonLife } from "./daemon-life.ts";

/** A batch is only ever tried again before the next one. */
const keptKeys = 8;

/** The journal's file: what is on it outlives every daemon. */
export class JournalDisk {
  readonly entries: JournalEntry[] = [];
  #snapshot: string | null = null;
  epoch = 0;
  /** Nothing more fits on it. */
  isFull = false;
  holder: DaemonLife | null = null;
  /** Of the last batches. */
  readonly #written: { readonly key: string; readonly version: number }[] = [];

  get snapshot(): JournalSnapshot | null {
    return this.#snapshot === null ? null : JSON.parse(this.#snapshot);
  }

  save(snapshot: JournalSnapshot): void {
    this.#snapshot = JSON.stringify(snapshot);
  }

  versionOf(idempotencyKey: string): number | null {
    return this.#written.find(({ key }) => key === idempotencyKey)?.version ?? null;
  }

  write(epoch: number, entries: readonly NewJournalEntry[], idempotencyKey: string): number {
    for (const entry of entries) {
      this.entries.push({
        ...entry,
        data: withoutInput(entry.data),
        seq: this.entries.length + 1,
        epoch,
      });
    }
    this.#written.push({ key: idempotencyKey, version: this.entries.length });
    if (this.#written.length > keptKeys) this.#written.shift();
    return this.entries.length;
  }
}

/** What came in is for people who read a journal; what was decided is all that a replay needs. */
function withoutInput(data: JsonValue): JsonValue {
  const isEntry = typeof data === "object" && data !== null && "input" in data;
  return isEntry ? { ...data, input: null } : data;
}
