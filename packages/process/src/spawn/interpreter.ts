import { closeSync, openSync, readSync } from "node:fs";
import { isAbsolute } from "node:path";
import { inspect } from "./find-executable.ts";

/** The kernel looks at no more of the first line, either (execve(2)). */
const maxBytes = 256;

/** Whether the file is a script whose interpreter is not there: a shell that starts it can only say so by its exit. */
export function lacksInterpreter(path: string): boolean {
  const interpreter = /^#![ \t]*([^\s\0]+)/.exec(beginningOf(path))?.[1] ?? "";
  return isAbsolute(interpreter) && inspect(interpreter).kind === "missing";
}

function beginningOf(path: string): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    // It may be executed, and not read.
    return "";
  }
  try {
    const bytes = Buffer.alloc(maxBytes);
    return bytes.toString("latin1", 0, readSync(file, bytes, 0, maxBytes, 0));
  } finally {
    closeSync(file);
  }
}
