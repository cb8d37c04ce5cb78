import { closeSync, fdatasyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import type { RunEvent } from "@signalbox/contracts";
import { isEssential } from "../agent-event-size.ts";
import { formatSpoolRecord, type SpoolEntry } from "./spool-record.ts";

/** Past this, what an agent says is left out; past twice as much, what somebody looks at before deciding, too. */
const defaultMaxBytes = 64 * 1024 * 1024;
/** How often the spool says that something is left out: also a sign that the agent lives. */
const noticeIntervalMs = 60_000;
/** How often a full spool takes an agent's usage. */
const usageIntervalMs = 1_000;

export interface SpoolWriterOrder {
  readonly path: string;
  readonly now: () => number;
  readonly maxBytes?: number;
}

/** Appends to the spool of one run. A record is whole or is not read, whatever the disk does. */
export class SpoolWriter {
  readonly #order: SpoolWriterOrder;
  readonly #maxBytes: number;
  readonly #descriptor: number;
  #length = 0;
  /** Of a record that the disk took a part of and did not cut off again; behind `#length`. */
  #tornBytes = 0;
  #seq = 0;
  #leftOut = 0;
  #noticeAt = 0;
  #usageAt = 0;
  /** The newest usage, until its time has come: it stands before whatever is written next. */
  #heldBack: SpoolEntry | null = null;

  /** The file must not exist: a spool has one writer in its life. */
  constructor(order: SpoolWriterOrder) {
    this.#order = order;
    this.#maxBytes = order.maxBytes ?? defaultMaxBytes;
    this.#descriptor = openSync(order.path, "ax", 0o600);
  }

  /** Where the next record starts; nothing before it changes any more. */
  get length(): number {
    return this.#length;
  }

  /**
   * What somebody decides by: on the disk when this returns. Throws where the disk refuses it. Where it took the record
   * and failed to flush it, the record stands there all the same, and once more when it is tried again: readers tell it
   * by the number of its event or turn.
   */
  commit(entry: SpoolEntry): void {
    this.#append(entry);
    fdatasyncSync(this.#descriptor);
  }

  /** What may be lost: left out where the spool, or the disk, is full. */
  offer(entry: SpoolEntry): void {
    const counted = this.#length < this.#maxBytes ? entry : this.#inPlaceOf(entry);
    if (counted === null) return;
    try {
      this.#append(counted);
    } catch {
      // The disk is full or failing. What must not be lost is committed, and says so.
      this.#leftOut += 1;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #append(entry: SpoolEntry): void {
    if (this.#heldBack !== null) this.#write(this.#heldBack);
    this.#heldBack = null;
    this.#write(entry);
  }

  #write(entry: SpoolEntry): void {
    const record = formatSpoolRecord(this.#seq + 1, entry);
    const bytes = Buffer.from(this.#tornBytes === 0 ? record : `\n${record}`);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#descriptor, bytes, written);
    } catch (error) {
      this.#tornBytes = this.#cutOff() ? 0 : this.#tornBytes + written;
      throw error;
    }
    this.#seq += 1;
    this.#length += this.#tornBytes + bytes.length;
    this.#tornBytes = 0;
  }

  #cutOff(): boolean {
    try {
      ftruncateSync(this.#descriptor, this.#length);
      return true;
    } catch {
      // The next record begins on a line of its own, and readers leave the torn one out.
      return false;
    }
  }

  /** What an agent says, and what is logged, is counted; the spool tells how much of it once a minute. */
  #inPlaceOf(entry: SpoolEntry): SpoolEntry | null {
    if (entry.kind === "log") return null;
    if (entry.kind !== "event" || entry.event.type !== "agent-event") return entry;
    const { event } = entry;
    const now = this.#order.now();
    // Budgets are kept by it, and the newest says it all.
    if (event.event.type === "usage") {
      const isDue = now >= this.#usageAt + usageIntervalMs;
      if (isDue) this.#usageAt = now;
      this.#heldBack = isDue ? null : entry;
      return isDue ? entry : null;
    }
    if (isEssential(event.event) && this.#length < 2 * this.#maxBytes) return entry;
    this.#leftOut += 1;
    if (now < this.#noticeAt + noticeIntervalMs) return null;
    const text = `${this.#leftOut} events of the agent were left out: the run's spool has reached its limit.`;
    this.#noticeAt = now;
    this.#leftOut = 0;
    const notice: RunEvent = {
      type: "agent-event",
      spoolSeq: event.spoolSeq,
      at: event.at,
      event: { type: "notice", level: "warn", text },
    };
    return { kind: "event", event: notice };
  }
}
