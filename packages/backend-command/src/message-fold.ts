const intervalMs = 100;
const maxMessageCharacters = 16_384;

/**
 * Turns lines into messages: a lone line at once, a flood as one message of bounded size every tenth of a second.
 * Nothing comes after `end`.
 */
export class MessageFold {
  readonly #emit: (text: string) => void;
  #waiting: string[] = [];
  #characters = 0;
  #leftOut = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(emit: (text: string) => void) {
    this.#emit = emit;
  }

  push(line: string): void {
    const fits = this.#characters + line.length <= maxMessageCharacters;
    if (fits) {
      this.#waiting.push(line);
      this.#characters += line.length + 1;
    } else if (this.#waiting.length === 0) {
      this.#waiting.push(`${line.slice(0, maxMessageCharacters - 1)}…`);
      this.#characters = maxMessageCharacters;
    } else {
      this.#leftOut += 1;
    }
    if (this.#timer === null) this.#flush();
  }

  /** Passes on what was held back. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#flush();
  }

  end(): void {
    this.flush();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #flush(): void {
    this.#timer = null;
    if (this.#waiting.length === 0) return;
    const notice = this.#leftOut === 0 ? [] : [`[${this.#leftOut} lines left out]`];
    this.#emit([...this.#waiting, ...notice].join("\n"));
    this.#waiting = [];
    this.#characters = 0;
    this.#leftOut = 0;
    this.#timer = setTimeout(() => this.#flush(), intervalMs);
  }
}
