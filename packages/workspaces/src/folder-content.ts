import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { SignalboxError } from "@signalbox/contracts";

/** A plain folder that holds more is a sign that the hook fetched something that belongs outside. */
const maxEntries = 200_000;

export interface FolderContent {
  readonly digest: string;
  readonly isEmpty: boolean;
}

/**
 * A digest of names, kinds, the right to execute, link targets and bytes of everything below `folder`, without
 * following links. `.git` is left out at every depth: git rewrites it without any change to the content.
 */
export async function folderContent(folder: string, signal: AbortSignal): Promise<FolderContent> {
  const hash = createHash("sha256");
  const entries = await addFolder(hash, folder, "", 0, signal);
  return { digest: hash.digest("hex"), isEmpty: entries === 0 };
}

async function addFolder(
  hash: Hash,
  root: string,
  below: string,
  before: number,
  signal: AbortSignal,
): Promise<number> {
  let entries = before;
  for (const name of (await readdir(join(root, below))).toSorted()) {
    if (name === ".git") continue;
    signal.throwIfAborted();
    entries += 1;
    if (entries > maxEntries) throw tooMany(root);
    const path = below === "" ? name : `${below}/${name}`;
    const stats = await lstat(join(root, path));
    const kind = kindOf(stats);
    hash.update(`${kind}\0${path}\0`);
    if (kind === "link") hash.update(`${await readlink(join(root, path))}\0`);
    if (kind === "file" || kind === "program") {
      hash.update(`${stats.size}\0`);
      for await (const chunk of createReadStream(join(root, path), { signal })) hash.update(chunk);
    }
    if (kind === "folder") entries = await addFolder(hash, root, path, entries, signal);
  }
  return entries;
}

function kindOf(stats: Awaited<ReturnType<typeof lstat>>): string {
  if (stats.isSymbolicLink()) return "link";
  if (stats.isDirectory()) return "folder";
  if (!stats.isFile()) return "special";
  return (Number(stats.mode) & 0o111) === 0 ? "file" : "program";
}

function tooMany(root: string): SignalboxError {
  return new SignalboxError(
    "workspace_population",
    `The workspace ${root} holds more than ${maxEntries} files and folders.`,
    {
      remedy: "Keep caches and dependencies out of a folder workspace, or use workspace.kind git.",
    },
  );
}
