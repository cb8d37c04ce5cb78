import { readdir, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import { isPlainFile, plainContent } from "./plain-file.ts";
import { gitFolderOf } from "./submodule-links.ts";
import type { Worktree } from "./worktree.ts";

/**
 * The git folder of a repository inside a worktree, for taking its commits over. Rejects with `workspace_save` where it
 * leads elsewhere: an agent could have what it can't read itself brought into the mirror, where it can.
 */
export async function ownGitFolder(repository: string, worktree: Worktree): Promise<string> {
  const folder = await gitFolderOf(repository);
  if (folder === null) throw shared(repository, "has no git folder");
  const places = await Promise.all([folder, worktree.path, worktree.gitDir].map(real));
  const [path = "", ...own] = places;
  if (!own.some((place) => place !== "" && `${path}${sep}`.startsWith(`${place}${sep}`))) {
    throw shared(repository, `has its git folder elsewhere, in ${folder}`);
  }
  if (await isPlainFile(join(path, "commondir"))) {
    throw shared(repository, "is a worktree of another repository");
  }
  const alternates = await plainContent(join(path, "objects", "info", "alternates"));
  if (alternates !== null) throw shared(repository, "borrows objects of another repository");
  const entries = [
    ...(await readdir(path, { withFileTypes: true })).filter(({ name }) => name === "objects"),
    ...(await readdir(join(path, "objects"), { recursive: true, withFileTypes: true })),
  ];
  const foreign = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
  if (foreign !== undefined) {
    throw shared(
      repository,
      `keeps objects elsewhere, behind ${join(foreign.parentPath, foreign.name)}`,
    );
  }
  return path;
}

/** Empty where there is nothing. */
function real(path: string): Promise<string> {
  return realpath(path).catch(() => "");
}

function shared(repository: string, how: string): SignalboxError {
  return new SignalboxError(
    "workspace_save",
    `The commits of the repository ${repository} cannot be saved: it ${how}.`,
    { remedy: "Push or copy what you need of it, then delete that folder." },
  );
}
