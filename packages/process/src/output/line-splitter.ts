/** One line of output, without its line end. */
export interface Line {
  /** UTF-8; bytes that are not become U+FFFD. */
  readonly text: string;
  /** How many bytes at the end of the line were left out because it was too long; 0 for a whole line. */
  readonly droppedBytes: number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Bytes in, lines out: whatever the chunks are cut by. A line ends with LF or CRLF. Holds at most `maxLineBytes` of an
 * unfinished line; what goes beyond is counted and dropped.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  #pieces: Buffer[] = [];
  #kept = 0;
  #dropped = 0;
  #endsWithCarriageReturn = false;

  /** @param limits.maxLineBytes at least 4, so that one character always fits. */
  constructor(limits: { readonly maxLineBytes: number }) {
    if (!(limits.maxLineBytes >= 4)) throw new RangeError("maxLineBytes must be at least 4");
    this.#maxLineBytes = limits.maxLineBytes;
  }

  /** The lines that this chunk completes. The chunk is copied where it has to be kept. */
  push(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      this.#keep(chunk.subarray(start, end));
      lines.push(this.#take());
      start = end + 1;
    }
    this.#keep(Buffer.from(chunk.subarray(start)));
    return lines;
  }

  /** The last line, if the output did not end with a line feed. */
  end(): Line[] {
    return this.#kept + this.#dropped === 0 ? [] : [this.#take()];
  }

  #keep(bytes: Buffer): void {
    const last = bytes.at(-1);
    if (last === undefined) return;
    this.#endsWithCarriageReturn = last === carriageReturn;
    const room = this.#maxLineBytes - this.#kept;
    const kept = bytes.length <= room ? bytes : bytes.subarray(0, room);
    if (kept.length > 0) this.#pieces.push(kept);
    this.#kept += kept.length;
    this.#dropped += bytes.length - kept.length;
  }

  #take(): Line {
    let bytes = Buffer.concat(this.#pieces);
    let droppedBytes = this.#dropped;
    if (this.#endsWithCarriageReturn) {
      if (droppedBytes > 0) droppedBytes -= 1;
      else bytes = bytes.subarray(0, -1);
    }
    if (droppedBytes > 0) {
      const whole = bytes.subarray(0, lastCharacterEnd(bytes));
      droppedBytes += bytes.length - whole.length;
      bytes = whole;
    }
    this.#pieces = [];
    this.#kept = 0;
    this.#dropped = 0;
    this.#endsWithCarriageReturn = false;
    return { text: bytes.toString("utf8"), droppedBytes };
  }
}

/** Where to cut so that no UTF-8 character is cut in two. */
function lastCharacterEnd(bytes: Buffer): number {
  for (let back = 1; back <= 4 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length - back + 1;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length <= back ? bytes.length : bytes.length - back;
    }
  }
  return bytes.length;
}
