import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";

const width = 16;

/**
 * The sequence number of the last acknowledged entry, kept beside the journal. SQLite drops a damaged tail of its
 * write-ahead log without a word; a journal that ends before this number has lost entries that were promised.
 * It is not forced to disk: being behind is harmless, and the journal itself is what must survive.
 */
export class AcknowledgedHead {
  readonly #descriptor: number;

  /** Creates the file where there is none. */
  constructor(path: string) {
    this.#descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  }

  /** 0 where nothing was acknowledged yet, or the file says nothing that makes sense. */
  read(): number {
    const bytes = Buffer.alloc(width);
    readSync(this.#descriptor, bytes, 0, width, 0);
    return AcknowledgedHead.parse(bytes);
  }

  /** As `read`, of the file's content. */
  static parse(bytes: Buffer): number {
    const value = Number(bytes.toString("latin1"));
    return Number.isSafeInteger(value) && value > 0 ? value : 0;
  }

  write(seq: number): void {
    // One write of one width: it replaces what was there as a whole, and never needs more room on the disk.
    writeSync(this.#descriptor, String(seq).padStart(width, "0"), 0, "latin1");
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
