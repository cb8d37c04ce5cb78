import { lstat, mkdir, readFile, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

/**
 * The folders outside of the workspace's own files that a commit writes to. Codex's sandbox protects them unless it is
 * told otherwise. Of a linked worktree it is no more than that: neither the hooks nor the configuration of the repository.
 * Empty where there is no repository, or where its `.git` file leads to one that does not know the workspace.
 */
export async function gitFolders(workspace: string): Promise<readonly string[]> {
  const link = join(workspace, ".git");
  const found = await orNull(lstat(link));
  if (found?.isDirectory() === true) return [link];
  if (found?.isFile() !== true || found.size > 4096) return [];
  const named = /^gitdir: (.+)$/m.exec((await orNull(readFile(link, "utf8"))) ?? "")?.[1];
  if (named === undefined) return [];
  const gitFolder = await orNull(realpath(resolve(workspace, named)));
  if (gitFolder === null) return [];
  const outer = dirname(dirname(gitFolder));
  // An agent can write the file, and nothing that it can write may lead to other people's folders.
  const back = await orNull(readFile(join(gitFolder, "gitdir"), "utf8"));
  const isKnown =
    gitFolder === join(outer, "worktrees", basename(gitFolder)) &&
    back !== null &&
    (await orNull(realpath(back.trim()))) === (await orNull(realpath(link)));
  if (!isKnown) return [];
  // Signalbox keeps its worktrees beside the repository, git within it.
  const mirror = join(outer, "mirror.git");
  const isBeside = (await orNull(lstat(mirror)))?.isDirectory() === true;
  const common = isBeside ? mirror : outer;
  const folders = ["objects", "refs", "logs"].map((name) => join(common, name));
  for (const folder of folders) await orNull(mkdir(folder));
  return [...folders, gitFolder];
}

async function orNull<Value>(promise: Promise<Value>): Promise<Value | null> {
  try {
    return await promise;
  } catch {
    return null;
  }
}
