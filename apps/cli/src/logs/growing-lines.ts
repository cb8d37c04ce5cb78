import { open, type FileHandle } from "node:fs/promises";
import { lastLines, linesFrom, type FileLine } from "./line-file.ts";

/** The lines of a file that somebody else writes, read on as it grows. It need not be there yet. */
export class GrowingLines {
  readonly #path: string;
  /** The byte to go on from. */
  #next = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async isThere(): Promise<boolean> {
    const file = await this.#open();
    await file?.close();
    return file !== null;
  }

  /** Skips all but the last `count` lines. Returns how many are left. */
  async skipTo(count: number): Promise<number> {
    const file = await this.#open();
    if (file === null) return 0;
    try {
      const { from, lines } = await lastLines(file, count);
      this.#next = from;
      return lines;
    } finally {
      await file.close();
    }
  }

  /** What has come since the last time. */
  async *lines(): AsyncGenerator<FileLine> {
    const file = await this.#open();
    if (file === null) return;
    try {
      for await (const { line, next } of linesFrom(file, this.#next)) {
        this.#next = next;
        yield line;
      }
    } finally {
      await file.close();
    }
  }

  async #open(): Promise<FileHandle | null> {
    try {
      return await open(this.#path, "r");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
      throw error;
    }
  }
}
