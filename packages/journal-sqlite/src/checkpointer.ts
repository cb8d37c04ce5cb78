import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import type { Logger } from "@signalbox/contracts";

/** Quiet time after a write before the write-ahead log is folded into the database. */
const idleMs = 100;
/** Where the log never gets a quiet moment, the append that crosses this many pages (16 MiB) folds it. */
const maxLogPages = 4_096;
const maxLogBytes = maxLogPages * 4_096;
/** Steps of long work after which the log is folded: a little at a time, where the limit would fold it all at once. */
const stepsPerFold = 8;

/** Keeps the write-ahead log short, between appends and not within them. */
export class Checkpointer {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #logger: Logger | undefined;
  #timer: NodeJS.Timeout | null = null;
  #steps = 0;

  constructor(database: DatabaseSync, path: string, logger: Logger | undefined) {
    this.#database = database;
    this.#path = path;
    this.#logger = logger;
    database.exec(
      `PRAGMA wal_autocheckpoint = ${maxLogPages}; PRAGMA journal_size_limit = ${maxLogBytes}`,
    );
  }

  /** To be called after each write. Does not keep the process alive. */
  schedule(): void {
    if (this.#timer === null) {
      this.#timer = setTimeout(() => this.#onIdle(), idleMs).unref();
    } else {
      this.#timer.refresh();
    }
  }

  /** To be awaited after each step of long work: lets others work before the next one. */
  async rest(): Promise<void> {
    await setImmediate();
    this.#steps += 1;
    if (this.#steps % stepsPerFold === 0 && this.#database.isOpen) this.#checkpoint();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #onIdle(): void {
    this.#timer = null;
    this.#checkpoint();
  }

  #checkpoint(): void {
    try {
      this.#database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (error) {
      // The entries are durable in the log; the next append meets a lasting cause, and reports it.
      this.#logger?.log("warn", "The journal's write-ahead log could not be folded in.", {
        path: this.#path,
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }
}
