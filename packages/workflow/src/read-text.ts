import { readFileSync, realpathSync, statSync } from "node:fs";
import { SignalboxError } from "@signalbox/contracts";

/** Far above any workflow file or prompt, and low enough to be read and hashed before every dispatch. */
const largestFileBytes = 1024 * 1024;

/** Without symbolic links. Throws `workflow_read_error`. */
export function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw readError(path, error instanceof Error ? error.message : String(error), error);
  }
}

/**
 * The bytes of a regular file of up to 1 MiB. Throws `workflow_read_error`: a pipe or a device would hang, and a huge
 * file is a mistake.
 */
export function readBytes(path: string): Buffer {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) throw readError(path, "it is not a regular file");
    if (stats.size > largestFileBytes) throw readError(path, "it is larger than 1 MiB");
    return readFileSync(path);
  } catch (error) {
    if (SignalboxError.isInstance(error)) throw error;
    throw readError(path, error instanceof Error ? error.message : String(error), error);
  }
}

/** UTF-8 text without its byte order mark and with `\n` line ends. Throws `workflow_read_error`. */
export function decodeText(bytes: Uint8Array, path: string): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw readError(path, "it is not UTF-8 text", error);
  }
  if (text.includes("\0")) throw readError(path, "it holds NUL bytes");
  return text.replaceAll("\r\n", "\n");
}

function readError(path: string, why: string, cause?: unknown): SignalboxError {
  return new SignalboxError("workflow_read_error", `cannot read ${path}: ${why}`, {
    remedy: "Point to a readable UTF-8 text file.",
    cause,
  });
}
