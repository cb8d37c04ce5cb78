import { constants } from "node:fs";
import { lstat, open } from "node:fs/promises";
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
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    await using file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stats = await file.stat();
    return stats.isFile() && stats.size <= limit ? await file.readFile() : null;
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
