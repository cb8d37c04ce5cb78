import type { JsonValue } from "./json.ts";

/**
 * The durable, ordered event log. What it stores is opaque to it. Every method rejects with a `SignalboxError`
 * that has a `JournalErrorCode`.
 */
export interface Journal {
  /** Takes the exclusive right to append. A living owner elsewhere: `journal_locked`, naming its pid. */
  acquire(owner: JournalOwner): Promise<JournalTenure>;
  /**
   * Appends all entries or none; resolved means durable. `expectedVersion` is the sequence number of the last entry
   * that the caller has seen: another one is `journal_stale_version`; an epoch that is no longer the newest is
   * `journal_fenced`. A batch whose `idempotencyKey` is known already is not appended again and resolves with the
   * version of the first time.
   */
  append(
    expectedVersion: number,
    epoch: number,
    entries: readonly NewJournalEntry[],
    idempotencyKey: string,
  ): Promise<number>;
  /**
   * Entries with a sequence number above `after`, in order. Needs no ownership. Where some of them were compacted away:
   * `journal_compacted`.
   */
  read(after: number): AsyncIterable<JournalEntry>;
  /**
   * Keeps a snapshot beside those before it; how many of these stay is the journal's to say. It may take the elements
   * of an array one by one and let others work in between, so a large state is given as an array.
   */
  saveSnapshot(snapshot: JournalSnapshot): Promise<void>;
  /** The newest intact snapshot that contains no entry after `upTo`. Default: the newest. Needs no ownership. */
  loadSnapshot(upTo?: number): Promise<JournalSnapshot | null>;
  /**
   * Sequence number of the last entry that is not later than `at` (epoch milliseconds); 0 where everything that is
   * kept is later. Needs no ownership.
   */
  lastSeqAt?(at: number): Promise<number>;
  /**
   * Deletes what only a look back to before `before` (epoch milliseconds) needs: the entries that a kept snapshot of
   * that time contains. In small steps, between which others work; an aborted `signal` ends it after the step it is in.
   */
  compact?(before: number, signal: AbortSignal): Promise<void>;
  /** The living owner, or `null`. Needs no ownership. */
  owner(): Promise<JournalOwner | null>;
  /** Gives up ownership and the file. Idempotent. */
  close(): Promise<void>;
}

/** What a successful `acquire` found. */
export interface JournalTenure {
  /** Greater than that of every owner before. */
  readonly epoch: number;
  /** Sequence number of the last entry, 0 in an empty journal. */
  readonly version: number;
  /**
   * How many entries an earlier owner was promised that are not there any more: the journal was damaged, and what is
   * left is the intact prefix. Absent or 0: nothing is known to be lost.
   */
  readonly lostEntries?: number;
}

export interface JournalOwner {
  readonly pid: number;
  readonly host: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

export interface NewJournalEntry {
  readonly type: string;
  /** Version of this entry type's data. */
  readonly v: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly data: JsonValue;
}

export interface JournalEntry extends NewJournalEntry {
  /** 1-based, without gaps; the first ones may have been compacted away. */
  readonly seq: number;
  readonly epoch: number;
}

export interface JournalSnapshot {
  /** Sequence number of the last entry that it contains. */
  readonly seq: number;
  readonly v: number;
  readonly data: JsonValue;
}
