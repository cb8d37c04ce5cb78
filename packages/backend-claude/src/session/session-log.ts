import { Conversation } from "./conversation.ts";
import type { SessionEntry } from "./session-entry.ts";
import type { SessionFile } from "./session-file.ts";

/** A session's file and what it adds up to, always in step. */
export class SessionLog {
  readonly conversation: Conversation;
  readonly #file: SessionFile;

  constructor(file: SessionFile, entries: readonly SessionEntry[]) {
    this.#file = file;
    this.conversation = new Conversation(entries);
  }

  /** Resolves when the entry is on the disk; only then does it count. */
  async record(entry: SessionEntry): Promise<void> {
    await this.#file.append(entry);
    this.conversation.apply(entry);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
