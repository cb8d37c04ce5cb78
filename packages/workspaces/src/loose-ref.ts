import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The commit of a ref that stands in a file of its own, read without starting git; `null` where it has to be asked:
 * packed refs, other ref formats, symbolic refs, no such ref. Layout: gitrepository-layout(5).
 */
export async function looseRef(gitFolder: string, ref: string): Promise<string | null> {
  const text = await textOf(gitFolder, ref);
  return /^([0-9a-f]{40}|[0-9a-f]{64})\n$/.test(text) ? text.trim() : null;
}

export function looseBranch(gitFolder: string, branch: string): Promise<string | null> {
  return looseRef(gitFolder, `refs/heads/${branch}`);
}

/** Where a symbolic ref leads; `null` where it is none. These are always files, where refs are kept as files. */
export async function looseTarget(gitFolder: string, ref: string): Promise<string | null> {
  return /^ref: (refs\/\S+)\n$/.exec(await textOf(gitFolder, ref))?.[1] ?? null;
}

async function textOf(gitFolder: string, ref: string): Promise<string> {
  try {
    return await readFile(join(gitFolder, ref), "utf8");
  } catch {
    // Whatever is in the way of reading, git has the last word.
    return "";
  }
}
