import type { AgentEvent } from "@signalbox/contracts";

const maxKept = 2_000;
const maxKeptLines = 200;
const maxKeptCharacters = 4_096;

/** An event that is no JSON must not throw into the backend here; the law about events looks at it. */
function sizeOf(event: AgentEvent): number {
  try {
    return JSON.stringify(event).length;
  } catch {
    return 0;
  }
}

/** What one session says. Of a flood it keeps the beginning, and counts the rest. */
export class Hearing {
  readonly events: AgentEvent[] = [];
  readonly lines: string[] = [];
  /** Number of events and lines so far. */
  count = 0;
  eventCharacters = 0;
  longestEvent = 0;
  transcriptCharacters = 0;
  longestLine = 0;
  #changed = Promise.withResolvers<void>();

  readonly emit = (event: AgentEvent): void => {
    const size = sizeOf(event);
    this.count += 1;
    this.eventCharacters += size;
    this.longestEvent = Math.max(this.longestEvent, size);
    if (this.events.length < maxKept) this.events.push(event);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  };

  readonly transcribe = (line: string): void => {
    this.count += 1;
    this.transcriptCharacters += line.length;
    this.longestLine = Math.max(this.longestLine, line.length);
    if (this.lines.length < maxKeptLines) this.lines.push(line.slice(0, maxKeptCharacters));
  };

  ofType<Type extends AgentEvent["type"]>(type: Type): Extract<AgentEvent, { type: Type }>[] {
    return this.events.filter(
      (event): event is Extract<AgentEvent, { type: Type }> => event.type === type,
    );
  }

  /** The text of all messages, one after the other. */
  messages(): string {
    return this.ofType("message")
      .map(({ text }) => text)
      .join("\n");
  }

  /** Resolves once an event fits, at once where one has been heard already. */
  async heard(fits: (event: AgentEvent) => boolean): Promise<void> {
    while (!this.events.some((event) => fits(event))) await this.#changed.promise;
  }

  /** The kinds of the last events, for messages about what went wrong. */
  summary(): string {
    const types = this.events.map(({ type }) => type);
    return types.length === 0 ? "nothing" : types.slice(-8).join(", ");
  }
}
