const maxMessageCharacters = 8_192;
const patienceMs = 1_000;

/** Joins the pieces of what an agent says. What it says slowly is told once a second. */
export class MessageFold {
  readonly #tell: (text: string) => void;
  #text = "";
  #messageId: string | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  /** @param messageId of the message that it is a piece of; `null` where the agent does not tell them apart */
  push(piece: string, messageId: string | null): void {
    if (messageId !== this.#messageId) this.flush();
    this.#messageId = messageId;
    this.#text += piece;
    if (this.#text.length >= maxMessageCharacters) return this.flush();
    if (this.#text !== "") this.#timer ??= setTimeout(() => this.flush(), patienceMs);
  }

  /** Tells what has been said so far. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const text = this.#text;
    this.#text = "";
    if (text.trim() !== "") this.#tell(text);
  }
}
