import { constants, type Stats } from "node:fs";
import { lstat, open, utimes, writeFile } from "node:fs/promises";
import { isMissing } from "./safe-path.ts";

/** Whether it is a file that can be read, and no link or pipe that an agent put there. */
export async function isPlainFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** `null` where there is no such file, or another thing than a file: an agent may have put a pipe or a link there. */
export async function plainContent(
  path: string,
  limit: number = Number.POSITIVE_INFINITY,
): Promise<Buffer | null> {
  return (await readPlain(path, limit))?.content ?? null;
}

/** With its times. Nothing where `plainContent` is `null`. */
export async function copyPlainFile(from: string, to: string): Promise<void> {
  const found = await readPlain(from, Number.POSITIVE_INFINITY);
  if (found === null) return;
  await writeFile(to, found.content);
  await utimes(to, found.stats.atime, found.stats.mtime);
}

async function readPlain(
  path: string,
  limit: number,
): Promise<{ readonly content: Buffer; readonly stats: Stats } | null> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    await using file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > limit) return null;
    return { content: await file.readFile(), stats };
  } catch (error) {
    if (isMissing(error) || isNotPlain(error)) return null;
    throw error;
  }
}

/** What opening a link, a socket or such without following or waiting for it fails with. */
export function isNotPlain(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && (error.code === "ELOOP" || error.code === "ENXIO")
  );
}
