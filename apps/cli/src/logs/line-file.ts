import type { FileHandle } from "node:fs/promises";

const blockBytes = 64 * 1024;
const maxLineBytes = 1024 * 1024;
const newline = 10;

/** A line, or how long it was where it is too long to be held. */
export type FileLine = string | { readonly bytes: number };

/** Where the last `count` complete lines of a file begin, and how many of them there are. */
export async function lastLines(
  file: FileHandle,
  count: number,
): Promise<{ readonly from: number; readonly lines: number }> {
  const { size } = await file.stat();
  let lines = -1;
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - blockBytes);
    const block = await readBlock(file, start, end - start);
    for (let at = block.lastIndexOf(newline); at >= 0; at = before(block, at)) {
      lines += 1;
      if (lines === count) return { from: start + at + 1, lines };
    }
    end = start;
  }
  return { from: 0, lines: Math.max(0, lines + 1) };
}

function before(block: Buffer, at: number): number {
  return at === 0 ? -1 : block.lastIndexOf(newline, at - 1);
}

/**
 * The complete lines of a file from a byte on, each with the byte after it. One of more than 1 MiB is not held, only
 * counted.
 */
export async function* linesFrom(
  file: FileHandle,
  from: number,
): AsyncGenerator<{ readonly line: FileLine; readonly next: number }> {
  let held: Buffer[] = [];
  let bytes = 0;
  let at = from;
  for (;;) {
    const block = await readBlock(file, at, blockBytes);
    if (block.length === 0) return;
    let start = 0;
    for (let end = block.indexOf(newline); end >= 0; end = block.indexOf(newline, start)) {
      const rest = block.subarray(start, end);
      bytes += rest.length;
      const line = bytes > maxLineBytes ? { bytes } : Buffer.concat([...held, rest]).toString();
      yield { line, next: at + end + 1 };
      held = [];
      bytes = 0;
      start = end + 1;
    }
    const rest = block.subarray(start);
    bytes += rest.length;
    if (bytes > maxLineBytes) held = [];
    else held.push(rest);
    at += block.length;
  }
}

async function readBlock(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
