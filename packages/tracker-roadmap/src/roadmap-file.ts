import { hash } from "node:crypto";
import { readFile, realpath, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, decode, fileError, notAFile, payload } from "./file-error.ts";

/** A roadmap file as it was read at one moment. */
export interface FileContent {
  readonly text: string;
  /** Hash of its bytes. */
  readonly hash: string;
  /** What the file system says of that version of the file. */
  readonly stamp: string;
  /** Whether another version would have another stamp for sure. */
  readonly isSettled: boolean;
}

interface FileStamp {
  readonly stamp: string;
  readonly size: number;
  readonly modifiedMsAgo: number;
  readonly changedMsAgo: number;
}

const maxBytes = 50 * 1024 * 1024;
/** Younger than this, a file that we did not write may still be in the middle of a save that does not replace it. */
export const saveMs = 30;
/** Coarsest resolution of file times that is in use: two writes within it can carry the same times. */
const coarsestTimeMs = 2000;
const attempts = 20;

/**
 * Reads the file, whole and checked. `known` is returned as it is where the file has not changed since. A file that is
 * missing, or changes while it is read, is looked at again for a moment, so that a save in progress is not seen half-way.
 *
 * @param name how messages call the file.
 */
export async function readRoadmapFile(
  path: string,
  name: string,
  known: FileContent | null,
): Promise<FileContent> {
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt === attempts;
    const before = await stampOf(path, name, attempt > 2);
    if (before === null) {
      await sleep(saveMs);
      continue;
    }
    if (known?.isSettled === true && known.stamp === before.stamp) return known;
    const bytes = await readBytes(path, name, before.size);
    const digest = hashOf(bytes);
    const isKnown = known?.hash === digest;
    const after = await stampOf(path, name, attempt > 2);
    const isSaving = before.modifiedMsAgo >= 0 && before.modifiedMsAgo < saveMs;
    if (isLast || (after?.stamp === before.stamp && (isKnown || !isSaving))) {
      const { stamp, changedMsAgo } = before;
      const isSettled = changedMsAgo > coarsestTimeMs && after?.stamp === stamp;
      const text = isKnown ? known.text : decode(bytes, name);
      return { text, hash: digest, stamp, isSettled };
    }
    await sleep(saveMs);
  }
}

/** What we wrote ourselves: not yet looked at, so that any look at the file compares the bytes. */
export function writtenContent(text: string): FileContent {
  return { text, hash: hashOf(text), stamp: "", isSettled: false };
}

export function hashOf(content: string | Buffer): string {
  return hash("sha256", content, "hex");
}

/** The file behind all symbolic links. */
export async function realRoadmapPath(path: string, name: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    throw fileError(error, path, name);
  }
}

/** `null` for a missing file that may be replaced at this very moment. */
async function stampOf(path: string, name: string, mustExist: boolean): Promise<FileStamp | null> {
  try {
    const found = await stat(path, { bigint: true });
    if (found.isDirectory()) throw notAFile(path, name, "is a folder");
    if (!found.isFile()) throw notAFile(path, name, "is not a regular file");
    const now = Date.now();
    return {
      stamp: [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(":"),
      size: Number(found.size),
      modifiedMsAgo: now - Number(found.mtimeMs),
      changedMsAgo: now - Number(found.ctimeMs),
    };
  } catch (error) {
    if (!mustExist && codeOf(error) === "ENOENT") return null;
    throw fileError(error, path, name);
  }
}

async function readBytes(path: string, name: string, size: number): Promise<Buffer> {
  if (size > maxBytes) {
    throw payload(name, `has ${size} bytes, more than the ${maxBytes} that are read`, "Split it.");
  }
  try {
    return await readFile(path);
  } catch (error) {
    throw fileError(error, path, name);
  }
}
