import { existsSync } from "node:fs";
import { join } from "node:path";
import type { AgentEvent } from "@signalbox/contracts";
import { SpoolReader, type SpoolEntry } from "@signalbox/runner/spool";
import { agentEventText, type AgentWords } from "@signalbox/views";
import type { ShownEntry } from "./run-reader.ts";

/** An entry that says when it happened. */
export type DatedEntry = ShownEntry & { readonly at: number };

/**
 * What the agent of one run said and did, in words, from the events that every backend reports. Its usage is told at
 * the end of each turn, a quota when it changes.
 */
export class SpoolWords {
  readonly #runId: string;
  readonly #path: string;
  readonly #spool: SpoolReader;
  #usage: DatedEntry | null = null;
  #quota = "";

  constructor(stateDir: string, runId: string) {
    this.#runId = runId;
    this.#path = join(stateDir, "runs", runId, "spool");
    this.#spool = new SpoolReader(this.#path);
  }

  /** Runs inside the daemon have no spool, and those of long ago have lost it. */
  isThere(): boolean {
    return existsSync(this.#path);
  }

  /** What has come since the last time. */
  async *entries(): AsyncGenerator<DatedEntry> {
    for (;;) {
      const records = await this.#spool.read(Number.POSITIVE_INFINITY);
      if (records.length === 0) return;
      for (const { entry } of records) yield* this.#take(entry);
    }
  }

  #take(entry: SpoolEntry): readonly DatedEntry[] {
    if (entry.kind === "turn-question") return this.#tellUsage();
    if (entry.kind !== "event") return [];
    const { event } = entry;
    if (event.type === "ended") return this.#tellUsage();
    return event.type === "agent-event" ? this.#worded(event.event, event.at) : [];
  }

  #worded(event: AgentEvent, at: number): readonly DatedEntry[] {
    const words = wordsOf(event);
    if (words === null) return [];
    const { source, level, text } = words;
    const entry = { run_id: this.#runId, at, source, level, text };
    if (event.type === "usage") {
      this.#usage = entry;
      return [];
    }
    if (event.type === "rate-limit") {
      if (text === this.#quota) return [];
      this.#quota = text;
    }
    return [entry];
  }

  #tellUsage(): readonly DatedEntry[] {
    const usage = this.#usage;
    this.#usage = null;
    return usage === null ? [] : [usage];
  }
}

/** `null` for what no contract knows: a plugin's backend may emit anything. */
function wordsOf(event: AgentEvent): AgentWords | null {
  try {
    return agentEventText(event);
  } catch {
    return null;
  }
}
