import type { FileHandle } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { decode } from "./file-error.ts";
import { hashOf, saveMs } from "./roadmap-file.ts";

/** How often a save is looked at until it rests. */
const maxLooks = 20;

/**
 * What somebody saved into a file that was just replaced: they had it open, and nobody else will ever see it. `null` where
 * its content still is what the hash says, or does not become a text.
 *
 * @param replaced the file, open for reading since before it was replaced.
 * @param name how messages call the file.
 */
export async function lateSave(
  replaced: FileHandle,
  hash: string,
  name: string,
): Promise<string | null> {
  let last = hash;
  for (let look = 0; look < maxLooks; look += 1) {
    const bytes = await contentOf(replaced);
    const found = hashOf(bytes);
    if (found === hash) return null;
    if (found === last && bytes.length > 0) return decode(bytes, name);
    last = found;
    await sleep(saveMs);
  }
  return null;
}

/** From its start on, wherever the handle stands. */
async function contentOf(file: FileHandle): Promise<Buffer> {
  const { size } = await file.stat();
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
  return buffer.subarray(0, bytesRead);
}
