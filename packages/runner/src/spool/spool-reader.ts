import { open } from "node:fs/promises";
import { hasCode } from "../folder/exclusive-file.ts";
import { parseSpoolRecord, type SpoolRecord } from "./spool-record.ts";

const chunkBytes = 64 * 1024;
/** Far beyond any record: what has no line break for so long is damage. */
const maxRecordBytes = 8 * 1024 * 1024;
const lineBreak = 10;

/** Reads a spool from its start, a bounded piece at a time, also while it grows. */
export class SpoolReader {
  readonly #path: string;
  #offset = 0;
  #nextSeq = 1;
  #lost = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Where the next record starts. */
  get offset(): number {
    return this.#offset;
  }

  /** Records that were damaged, up to here. */
  get lost(): number {
    return this.#lost;
  }

  /**
   * The next records, as many as stand in about 64 KiB, in order; none at the end of the spool. Nothing behind
   * `limit` bytes is looked at. A record that is not complete yet stays for the next call. Damaged ones are left out.
   */
  async read(limit: number): Promise<readonly SpoolRecord[]> {
    for (;;) {
      const bytes = await this.#nextLines(limit);
      if (bytes.length === 0) return [];
      const lines = bytes.toString("utf8").split("\n").slice(0, -1);
      const records = lines.map(parseSpoolRecord).filter((record) => record !== null);
      for (const { seq } of records) {
        // A damaged line lost its number, too: it shows in the gap that it leaves.
        this.#lost += Math.max(0, seq - this.#nextSeq);
        this.#nextSeq = seq + 1;
      }
      if (records.length > 0) return records;
    }
  }

  async #nextLines(limit: number): Promise<Buffer> {
    for (let size = chunkBytes; ; size *= 2) {
      const wanted = Math.min(size, limit - this.#offset);
      if (wanted <= 0) return Buffer.alloc(0);
      const bytes = await readAt(this.#path, this.#offset, wanted);
      const end = bytes.lastIndexOf(lineBreak) + 1;
      if (end > 0 || size >= maxRecordBytes) {
        const taken = end > 0 ? end : bytes.length;
        this.#offset += taken;
        return bytes.subarray(0, taken);
      }
      if (bytes.length < size) return Buffer.alloc(0);
    }
  }
}

async function readAt(path: string, offset: number, size: number): Promise<Buffer> {
  let file;
  try {
    file = await open(path, "r");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return Buffer.alloc(0);
    throw error;
  }
  try {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(size), 0, size, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
