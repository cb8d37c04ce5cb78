import { lstat, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isNotPlain, plainContent } from "./plain-file.ts";
import { isMissing } from "./safe-path.ts";

/** A place of an index where git has no more than the id of a commit of another repository. */
export interface SubmoduleLink {
  readonly path: string;
  readonly commit: string;
}

/** Mode of such an entry, as every index has it: gitformat-index(5). */
const linkMode = Buffer.from([0, 0, 0xe0, 0]);
/** Extensions of an index that leaves entries out: a split one, a sparse one. */
const partialExtensions = ["link", "sdir"];
/** Of the hash at the end of an index. */
const hashBytes = [20, 32];
const maxLinkFile = 8_192;

/** Whether an index may have such links; `false` is certain. */
export async function mayHaveLinks(index: string): Promise<boolean> {
  const content = await plainContent(index);
  if (content === null) return false;
  return content.includes(linkMode) || partialExtensions.some((name) => isExtended(content, name));
}

/** Extensions follow each other up to the hash, each as its name, its length and its content. */
function isExtended(index: Buffer, name: string): boolean {
  for (let start = index.indexOf(name); start !== -1; start = index.indexOf(name, start + 1)) {
    if (hashBytes.some((bytes) => endsBefore(index, start, bytes))) return true;
  }
  return false;
}

function endsBefore(index: Buffer, start: number, bytes: number): boolean {
  const end = index.length - bytes;
  let at = start;
  while (at + 8 <= end) at += 8 + index.readUInt32BE(at + 4);
  return at === end;
}

/** From the output of `git ls-files --stage -z`. */
export function linksIn(listing: string): readonly SubmoduleLink[] {
  return listing
    .split("\0")
    .map((entry) => /^160000 ([0-9a-f]+) \d\t(.*)$/s.exec(entry))
    .flatMap((found) => (found === null ? [] : [{ commit: found[1] ?? "", path: found[2] ?? "" }]));
}

/** A folder that no link is on the way to: it stands where its path says. */
export async function isRealFolder(top: string, path: string): Promise<boolean> {
  const folder = join(top, path);
  try {
    const [stats, real, realTop] = await Promise.all([
      lstat(folder),
      realpath(folder),
      realpath(top),
    ]);
    return stats.isDirectory() && real === join(realTop, path);
  } catch (error) {
    if (isMissing(error) || isNotPlain(error)) return false;
    throw error;
  }
}

/** Whether something stands where a repository in this folder has its `.git`. */
export async function isRepository(folder: string): Promise<boolean> {
  try {
    await lstat(join(folder, ".git"));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** The folder that `.git` of this folder is, or names; `null` where it is neither. Nothing says that it is a safe one. */
export async function gitFolderOf(folder: string): Promise<string | null> {
  const path = join(folder, ".git");
  if (await isRealFolder(folder, ".git")) return path;
  const text = (await plainContent(path, maxLinkFile))?.toString();
  const [, named] = /^gitdir: ([^\n]+)\n?$/.exec(text ?? "") ?? [];
  return named === undefined ? null : resolve(folder, named);
}
