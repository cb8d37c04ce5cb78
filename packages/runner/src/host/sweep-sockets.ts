import { readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "@signalbox/process";
import { removeSocket } from "../control/remove-socket.ts";
import { socketFolders } from "../control/socket-path.ts";
import { hasCode } from "../folder/exclusive-file.ts";

/**
 * Removes the sockets of runners that are dead, and the folders that are empty then. Safe beside living runners: one
 * that is about to listen makes its folder again. Rejects where a folder of this user cannot be read or written.
 */
export async function sweepSockets(
  stateDir: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  for (const folder of socketFolders(stateDir, environment)) await sweep(folder);
}

async function sweep(folder: string): Promise<void> {
  try {
    for (const name of await readdir(folder)) {
      const pid = /-(\d+)\.sock$/.exec(name)?.[1];
      if (pid !== undefined && !isAlive(Number(pid), null)) await removeSocket(join(folder, name));
    }
    await rmdir(folder);
  } catch (error) {
    const isLeft = ["ENOENT", "ENOTEMPTY", "ENOTDIR", "EEXIST"].some((code) =>
      hasCode(error, code),
    );
    if (!isLeft) throw error;
  }
}
