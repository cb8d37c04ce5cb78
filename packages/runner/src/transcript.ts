import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Logger } from "@signalbox/contracts";
import { messageOf } from "./failure.ts";
import { redact } from "./secrets.ts";

const maxFileBytes = 50 * 1024 * 1024;
const bufferedBytes = 64 * 1024;
const flushMs = 500;

export interface TranscriptOrder {
  /** The run's own folder; created, for this user only, where it is missing. */
  readonly folder: string;
  readonly secrets: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Bytes after which the rest is left out. Default: 50 MiB. */
  readonly maxBytes?: number;
}

/**
 * All that went to an agent and came from it, one JSON object a line: `{at, source, text}`. Redacted, readable by
 * this user alone. Past its limit, or when the disk takes no more, it ends with a line that says so, and the run goes
 * on. Lines reach the disk after half a second at most.
 */
export class Transcript {
  readonly #order: TranscriptOrder;
  readonly #maxBytes: number;
  #descriptor: number | null;
  #buffer: string[] = [];
  #bufferBytes = 0;
  #totalBytes = 0;
  #timer: Disposable | null = null;

  private constructor(order: TranscriptOrder, descriptor: number | null) {
    this.#order = order;
    this.#maxBytes = order.maxBytes ?? maxFileBytes;
    this.#descriptor = descriptor;
  }

  /** A transcript that cannot be opened is logged and keeps nothing: no run fails for it. */
  static open(order: TranscriptOrder): Transcript {
    try {
      mkdirSync(order.folder, { recursive: true, mode: 0o700 });
      const descriptor = openSync(join(order.folder, "transcript.jsonl"), "a", 0o600);
      return new Transcript(order, descriptor);
    } catch (error) {
      logFailure(order, error);
      return new Transcript(order, null);
    }
  }

  write(source: "agent" | "prompt" | "signalbox", text: string): void {
    if (this.#descriptor === null) return;
    const line = this.#format(source, redact(text, this.#order.secrets));
    const bytes = Buffer.byteLength(line);
    if (this.#totalBytes + bytes > this.#maxBytes) {
      this.#buffer.push(
        this.#format("signalbox", "The transcript ends here: it has reached its limit."),
      );
      this.close();
      return;
    }
    this.#totalBytes += bytes;
    this.#buffer.push(line);
    this.#bufferBytes += bytes;
    if (this.#bufferBytes >= bufferedBytes) this.#flush();
    else this.#timer ??= this.#order.clock.setTimer(flushMs, () => this.#flush());
  }

  /** Idempotent. What is written later is dropped. */
  close(): void {
    this.#flush();
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #format(source: string, text: string): string {
    return `${JSON.stringify({ at: this.#order.clock.now(), source, text })}\n`;
  }

  #flush(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    if (this.#descriptor === null || this.#buffer.length === 0) return;
    const bytes = Buffer.from(this.#buffer.join(""));
    this.#buffer = [];
    this.#bufferBytes = 0;
    try {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(this.#descriptor, bytes, written);
      }
    } catch (error) {
      logFailure(this.#order, error);
      closeSync(this.#descriptor);
      this.#descriptor = null;
    }
  }
}

function logFailure({ folder, logger }: TranscriptOrder, error: unknown): void {
  logger.log("warn", "The transcript of a run could not be written; the run goes on without it.", {
    folder,
    error: messageOf(error),
  });
}
