import type { AgentWords } from "@signalbox/views";
import type { TranscriptEntry } from "./transcript-entry.ts";

/** An entry as it is shown. `level`: it is in words; absent: it is as it stands in the transcript. */
export interface ShownEntry extends TranscriptEntry {
  readonly level?: AgentWords["level"];
}

/** What was said in one run, read on as it grows. */
export interface RunReader {
  readonly runId: string;
  /** Whether there is anything of the run. */
  isThere(): Promise<boolean>;
  /** Skips all but the last `count` entries. Returns how many are left. */
  skipTo(count: number): Promise<number>;
  /** What has come since the last time. What happened after `until` (epoch milliseconds) may wait for the next time. */
  entries(until: number): AsyncGenerator<ShownEntry>;
}
