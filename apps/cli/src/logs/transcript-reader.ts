import { join } from "node:path";
import { GrowingLines } from "./growing-lines.ts";
import type { RunReader } from "./run-reader.ts";
import { transcriptEntry, type TranscriptEntry } from "./transcript-entry.ts";

/** The transcript of one run, as it was written. */
export class TranscriptReader implements RunReader {
  readonly runId: string;
  readonly #lines: GrowingLines;

  constructor(stateDir: string, runId: string) {
    this.runId = runId;
    this.#lines = new GrowingLines(join(stateDir, "runs", runId, "transcript.jsonl"));
  }

  async isThere(): Promise<boolean> {
    return this.#lines.isThere();
  }

  async skipTo(count: number): Promise<number> {
    return this.#lines.skipTo(count);
  }

  async *entries(): AsyncGenerator<TranscriptEntry> {
    for await (const line of this.#lines.lines()) yield transcriptEntry(this.runId, line);
  }
}
