const tailLength = 400;

/** What happened, step by step: all of it in a hash, the end of it in words. */
export class Trace {
  readonly #kinds: string[] = [];
  readonly #subjects: string[] = [];
  readonly #times: number[] = [];
  #high = 0x811c_9dc5;
  #low = 0x1b87_3593;
  #count = 0;
  readonly #kindHashes = new Map<string, number>();

  /** How many steps there were. */
  get count(): number {
    return this.#count;
  }

  note(at: number, kind: string, subject: string): void {
    const slot = this.#count % tailLength;
    this.#times[slot] = at;
    this.#kinds[slot] = kind;
    this.#subjects[slot] = subject;
    this.#count += 1;
    this.#mix(at | 0);
    this.#mix(this.#kindHash(kind));
    this.#mix(textHash(subject));
  }

  /** Two runs with the same hash went the same way, step by step. */
  get hash(): string {
    return (
      (this.#high >>> 0).toString(16).padStart(8, "0") +
      (this.#low >>> 0).toString(16).padStart(8, "0")
    );
  }

  /** The last steps, oldest first. */
  tail(length: number): readonly string[] {
    const lines: string[] = [];
    for (
      let step = Math.max(0, this.#count - Math.min(length, tailLength));
      step < this.#count;
      step += 1
    ) {
      const slot = step % tailLength;
      const at = this.#times[slot] ?? 0;
      lines.push(
        `${step} ${new Date(at).toISOString()} ${this.#kinds[slot]} ${this.#subjects[slot]}`,
      );
    }
    return lines;
  }

  /** There are few of them. */
  #kindHash(kind: string): number {
    const known = this.#kindHashes.get(kind);
    if (known !== undefined) return known;
    const hash = textHash(kind);
    this.#kindHashes.set(kind, hash);
    return hash;
  }

  #mix(value: number): void {
    this.#high = Math.imul(this.#high ^ value, 0x0100_0193);
    this.#low = Math.imul(this.#low ^ (value + this.#high), 0x85eb_ca6b);
    this.#low ^= this.#low >>> 13;
  }
}

function textHash(text: string): number {
  let hash = 0x811c_9dc5 ^ text.length;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  return hash ^ (hash >>> 15);
}
