import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { lastLines, linesFrom } from "./line-file.ts";
import { transcriptEntry, type TranscriptEntry } from "./transcript-entry.ts";

/** The transcript of one run, read on as it grows. */
export class TranscriptReader {
  readonly runId: string;
  readonly #path: string;
  /** The byte to go on from. */
  #next = 0;

  constructor(stateDir: string, runId: string) {
    this.runId = runId;
    this.#path = join(stateDir, "runs", runId, "transcript.jsonl");
  }

  /** Skips all but the last `count` entries. Returns how many are left; `null` where there is no transcript. */
  async skipTo(count: number): Promise<number | null> {
    const file = await this.#open();
    if (file === null) return null;
    try {
      const { from, lines } = await lastLines(file, count);
      this.#next = from;
      return lines;
    } finally {
      await file.close();
    }
  }

  /** What has come since the last time. */
  async *entries(): AsyncGenerator<TranscriptEntry> {
    const file = await this.#open();
    if (file === null) return;
    try {
      for await (const { line, next } of linesFrom(file, this.#next)) {
        this.#next = next;
        yield transcriptEntry(this.runId, line);
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
