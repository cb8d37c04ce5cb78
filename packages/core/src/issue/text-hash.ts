const alphabet = "0123456789abcdefghijklmnopqrstuv";

/** Two mixed 32-bit lanes over text. Not cryptographic: it tells versions of one thing apart. */
export class TextHash {
  #high = 0x9e3779b9 | 0;
  #low = 0x85ebca6b | 0;

  /** Parts are kept apart: `ab`, `c` hashes unlike `a`, `bc`. */
  add(text: string): this {
    let high = this.#high;
    let low = this.#low;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      high = Math.imul(high ^ unit, 0x85ebca77);
      low = Math.imul(low ^ unit, 0xc2b2ae3d);
    }
    this.#high = Math.imul(high ^ 0x1_0000 ^ text.length, 0x27d4eb2f);
    this.#low = Math.imul(low ^ 0x1_0001 ^ text.length, 0x165667b1);
    return this;
  }

  /** `length` characters of five bits each, at most 12. */
  digest(length: number): string {
    let high = mix(this.#high ^ (this.#low >>> 15));
    let low = mix(this.#low ^ (high >>> 13));
    let text = "";
    for (let index = 0; index < length; index += 1) {
      text += alphabet.charAt(low & 31);
      low = (low >>> 5) | (high << 27);
      high >>>= 5;
    }
    return text;
  }
}

function mix(lane: number): number {
  const first = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
}
