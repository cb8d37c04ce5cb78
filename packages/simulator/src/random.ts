/** Randomness that follows from a seed alone: the same seed, the same numbers, on every machine. */
export class Random {
  readonly #name: string;
  #a: number;
  #b: number;
  #c: number;
  #d = 1;

  constructor(name: string) {
    this.#name = name;
    this.#a = textHash(name, 0x9e3779b9);
    this.#b = textHash(name, 0x243f6a88);
    this.#c = textHash(name, 0xb7e15162);
    for (let turn = 0; turn < 12; turn += 1) this.#word();
  }

  /** Numbers of its own: what one part of the world draws does not move what another one draws. */
  fork(name: string): Random {
    return new Random(`${this.#name}/${name}`);
  }

  /** From 0 to 1, 1 excluded. */
  fraction(): number {
    return this.#word() / 0x1_0000_0000;
  }

  /** A whole number below `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(probability: number): boolean {
    return probability > 0 && this.fraction() < probability;
  }

  /** The waiting time for something that happens every `mean` on average: never 0, at most 20 times the mean. */
  wait(mean: number): number {
    return Math.max(1, Math.round(-Math.log(1 - this.fraction() * 0.999_999_99) * mean));
  }

  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }

  /** sfc32: small, fast, and good enough for everything but secrets. */
  #word(): number {
    const sum = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }
}

function textHash(text: string, seed: number): number {
  let hash = seed | 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
    hash ^= hash >>> 15;
  }
  return hash;
}
