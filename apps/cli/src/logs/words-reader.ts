import type { RunReader, ShownEntry } from "./run-reader.ts";
import { SpoolWords, type DatedEntry } from "./spool-words.ts";
import { TranscriptReader } from "./transcript-reader.ts";

/**
 * One run for people: what the agent was told, from its transcript, and what it said and did, in words, each where it
 * belongs in time. Of a run that has left no events the transcript alone, with the agent's own lines.
 */
export class WordsReader implements RunReader {
  readonly runId: string;
  readonly #transcript: TranscriptReader;
  readonly #words: SpoolWords;
  /** Read for `skipTo`, and not given yet. */
  #held: readonly ShownEntry[] = [];
  /** The next one of each, where it was looked at and not given yet. */
  #told: ShownEntry | null = null;
  #said: DatedEntry | null = null;

  constructor(stateDir: string, runId: string) {
    this.runId = runId;
    this.#transcript = new TranscriptReader(stateDir, runId);
    this.#words = new SpoolWords(stateDir, runId);
  }

  async isThere(): Promise<boolean> {
    return this.#words.isThere() || this.#transcript.isThere();
  }

  async skipTo(count: number): Promise<number> {
    if (!this.#words.isThere()) return this.#transcript.skipTo(count);
    const last: ShownEntry[] = [];
    for await (const entry of this.entries(Infinity)) {
      last.push(entry);
      if (last.length > count) last.shift();
    }
    this.#held = last;
    return last.length;
  }

  async *entries(until: number): AsyncGenerator<ShownEntry> {
    const held = this.#held;
    this.#held = [];
    yield* held;
    // A run opens its spool before its transcript: where there is none by now, none will come.
    if (this.#words.isThere()) yield* this.#merged(until);
    else yield* this.#transcript.entries();
  }

  async *#merged(until: number): AsyncGenerator<ShownEntry> {
    const transcript = this.#transcript.entries();
    const words = this.#words.entries();
    try {
      yield* this.#inOrder(transcript, words, until);
    } finally {
      await transcript.return(undefined);
      await words.return(undefined);
    }
  }

  async *#inOrder(
    transcript: AsyncGenerator<ShownEntry>,
    words: AsyncGenerator<DatedEntry>,
    until: number,
  ): AsyncGenerator<ShownEntry> {
    for (;;) {
      this.#told ??= await nextOf(transcript, ({ source }) => source !== "agent");
      this.#said ??= await nextOf(words);
      const told = this.#told;
      const said = this.#said;
      if (told !== null && (said === null || (told.at ?? 0) <= said.at)) {
        this.#told = null;
        yield told;
      } else if (said !== null && (told !== null || said.at <= until)) {
        // The transcript reaches the disk a little later than the events.
        this.#said = null;
        yield said;
      } else {
        return;
      }
    }
  }
}

async function nextOf<Entry>(
  entries: AsyncGenerator<Entry>,
  isWanted: (entry: Entry) => boolean = () => true,
): Promise<Entry | null> {
  for (;;) {
    const { value, done } = await entries.next();
    if (done === true) return null;
    if (isWanted(value)) return value;
  }
}
