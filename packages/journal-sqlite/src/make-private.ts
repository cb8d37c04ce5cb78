import { closeSync, existsSync, openSync } from "node:fs";

/** Makes the file where it is missing, for this user alone; SQLite gives what it puts beside it the same rights. */
export function makePrivate(path: string): void {
  // Closing a file gives up all that this process has locked in it: one that is there is not opened.
  if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
}
