import { hash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, fileError, payload } from "./file-error.ts";

/** A file as it was read at one moment. */
export interface TextFile {
  /** A byte order mark included, so that encoding it again gives the same bytes. */
  readonly text: string;
  /** Hash of its bytes. */
  readonly hash: string;
  /** What the file system says of that version of the file. */
  readonly stamp: string;
  /** Whether another version would have another stamp for sure. */
  readonly isSettled: boolean;
}

const maxBytes = 4 * 1024 * 1024;
/** Younger than this, a file may be in the middle of a save: Backlog.md does not replace files, it writes into them. */
const saveMs = 30;
const looks = 20;
/** Coarsest resolution of file times that is in use: two writes within it can carry the same times. */
const coarsestTimeMs = 2_000;

/**
 * Reads the file, whole and checked; `known` where it has not changed since, which costs a `stat`. A save in progress is
 * waited for, 0.6 s at most. `null` where there is no such file.
 *
 * @param name how messages call the file.
 */
export async function readTextFile(
  path: string,
  name: string,
  known: TextFile | null,
): Promise<TextFile | null> {
  try {
    for (let look = 1; ; look += 1) {
      const before = await stampOf(path, name);
      if (known?.isSettled === true && known.stamp === before.stamp) return known;
      const isSaving = before.modifiedMsAgo >= 0 && before.modifiedMsAgo < saveMs;
      const bytes = await readFile(path);
      const digest = hashOf(bytes);
      const after = await stampOf(path, name);
      const isKnown = known?.hash === digest;
      if (look === looks || (after.stamp === before.stamp && (isKnown || !isSaving))) {
        const isSettled = before.changedMsAgo > coarsestTimeMs && after.stamp === before.stamp;
        const text = isKnown ? known.text : decode(bytes, name);
        return { text, hash: digest, stamp: before.stamp, isSettled };
      }
      await sleep(saveMs);
    }
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw fileError(error, name);
  }
}

export function hashOf(content: string | Buffer): string {
  return hash("sha256", content, "hex");
}

/** @param name how messages call the file. */
export function decode(bytes: Buffer, name: string): string {
  if (bytes.includes(0)) throw payload(name, "is binary or UTF-16", "Save it as UTF-8 text.");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw payload(name, "is not valid UTF-8", "Save it as UTF-8 text.", error);
  }
}

interface Stamp {
  readonly stamp: string;
  readonly modifiedMsAgo: number;
  readonly changedMsAgo: number;
}

async function stampOf(path: string, name: string): Promise<Stamp> {
  const found = await stat(path, { bigint: true });
  if (!found.isFile()) throw payload(name, "is not a regular file", "Move it elsewhere.");
  if (found.size > maxBytes) {
    throw payload(name, `has more than ${maxBytes} bytes`, "Make it shorter.");
  }
  const now = Date.now();
  return {
    stamp: [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(":"),
    modifiedMsAgo: now - Number(found.mtimeMs),
    changedMsAgo: now - Number(found.ctimeMs),
  };
}
