/** Two mixed 32-bit lanes over text. Not cryptographic: it tells versions of one thing apart. */
export class TextHash {
  #high = 0x9e3779b9;
  #low = 0x85ebca6b;

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

  /** 53 bits. */
  digest(): number {
    const high = mix(this.#high ^ (this.#low >>> 15));
    const low = mix(this.#low ^ (high >>> 13));
    return (high & 0x1f_ffff) * 0x1_0000_0000 + low;
  }
}

function mix(lane: number): number {
  const first = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return (second ^ (second >>> 16)) >>> 0;
}
