import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { SignalboxError } from "@signalbox/contracts";

/**
 * Makes the file, readable by this user alone, with all of its content at once, so that no reader ever sees half of
 * it. False where it exists already.
 */
export function createExclusively(path: string, content: string): boolean {
  const draft = `${path}.${process.pid}.${performance.now()}.new`;
  writeFileSync(draft, content, { flag: "wx", mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw new SignalboxError("lock_failed", `The lock ${path} could not be made.`, {
      retryable: true,
      remedy: "Put the state folder on a local file system that knows hard links.",
      cause: error,
    });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The JSON in the file; `null` where there is no file, `undefined` where what it has is nothing. */
export function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    return value ?? undefined;
  } catch {
    // Cut off when the machine lost its power.
    return undefined;
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
