import { join } from "node:path";
import type { AgentEvent } from "@signalbox/contracts";
import { agentEventText } from "@signalbox/views";
import * as v from "valibot";
import { agentEventSchema } from "./agent-event-schema.ts";
import { GrowingLines } from "./growing-lines.ts";
import type { FileLine } from "./line-file.ts";
import type { ShownEntry } from "./run-reader.ts";

/** An entry that says when it happened. */
export type DatedEntry = ShownEntry & { readonly at: number };

/** Of a record of a spool what is shown; whatever else it is, a turn's end and a run's end are of interest here. */
const recordSchema = v.object({
  v: v.literal(1),
  entry: v.variant("kind", [
    v.object({
      kind: v.literal("event"),
      event: v.variant("type", [
        v.object({ type: v.literal("agent-event"), at: v.number(), event: agentEventSchema }),
        v.object({ type: v.literal("ended"), at: v.number() }),
      ]),
    }),
    v.object({ kind: v.literal("turn-question") }),
  ]),
});

const jsonSchema = v.pipe(v.string(), v.parseJson(), recordSchema);
/** A record is its checksum, a space, and JSON. */
const checksumCharacters = 9;

/**
 * What the agent of one run said and did, in words, from the events that every backend reports. Its usage is told at
 * the end of each turn, a quota when it changes.
 */
export class SpoolWords {
  readonly #runId: string;
  readonly #lines: GrowingLines;
  #usage: DatedEntry | null = null;
  #quota = "";

  constructor(stateDir: string, runId: string) {
    this.#runId = runId;
    this.#lines = new GrowingLines(join(stateDir, "runs", runId, "spool"));
  }

  /** Runs inside the daemon have no spool, and those of long ago have lost it. */
  async isThere(): Promise<boolean> {
    return this.#lines.isThere();
  }

  /** What has come since the last time. */
  async *entries(): AsyncGenerator<DatedEntry> {
    for await (const line of this.#lines.lines()) yield* this.#take(line);
  }

  #take(line: FileLine): readonly DatedEntry[] {
    if (typeof line !== "string") return [];
    const record = v.safeParse(jsonSchema, line.slice(checksumCharacters));
    if (!record.success) return [];
    const { entry } = record.output;
    if (entry.kind === "turn-question" || entry.event.type === "ended") return this.#tellUsage();
    const { at, event } = entry.event;
    return this.#worded(event, at);
  }

  #worded(event: AgentEvent, at: number): readonly DatedEntry[] {
    const { source, level, text } = agentEventText(event);
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
