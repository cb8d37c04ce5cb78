import { readdirSync, readlinkSync } from "node:fs";

/** Names the file behind a descriptor of a process (`socket:[4711]`); `null` where that cannot be known. */
export function openFile(pid: number, descriptor: number | string): string | null {
  return readLink(`/proc/${pid}/fd/${descriptor}`);
}

/** Whether the process has one of these files open. */
export function holdsOneOf(pid: number, files: readonly string[]): boolean {
  if (files.length === 0) return false;
  return descriptors(pid).some((descriptor) => {
    const file = openFile(pid, descriptor);
    return file !== null && files.includes(file);
  });
}

/** Where the process works; `null` where that cannot be known. */
export function workingFolder(pid: number): string | null {
  return readLink(`/proc/${pid}/cwd`);
}

/** Whether the process works in this folder, or below it. */
export function worksIn(pid: number, folder: string): boolean {
  return `${workingFolder(pid) ?? ""}/`.startsWith(`${folder}/`);
}

function descriptors(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`);
  } catch {
    // Gone, or another user's.
    return [];
  }
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    // Gone, or another user's.
    return null;
  }
}
