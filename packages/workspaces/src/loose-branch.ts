import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The commit of a branch that stands in a file of its own, read without starting git; `null` where it has to be asked:
 * packed refs, other ref formats, symbolic refs, no such branch. Layout: gitrepository-layout(5).
 */
export async function looseBranch(gitFolder: string, branch: string): Promise<string | null> {
  try {
    const text = await readFile(join(gitFolder, "refs", "heads", branch), "utf8");
    return /^([0-9a-f]{40}|[0-9a-f]{64})\n$/.test(text) ? text.trim() : null;
  } catch {
    // Whatever is in the way of reading, git has the last word.
    return null;
  }
}
