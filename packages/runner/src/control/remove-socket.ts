import { lstat, rm } from "node:fs/promises";
import { hasCode } from "../folder/exclusive-file.ts";

/** Removes what a dead runner has listened on. Anything but a socket stays: the path comes from a file. */
export async function removeSocket(path: string): Promise<void> {
  try {
    if ((await lstat(path)).isSocket()) await rm(path, { force: true });
  } catch (error) {
    if (!hasCode(error, "ENOENT") && !hasCode(error, "ENOTDIR")) throw error;
  }
}
