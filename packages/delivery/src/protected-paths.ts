import { join } from "node:path";
import { inScratch } from "./commit.ts";
import type { TargetRepository } from "./target-repository.ts";

export interface ProtectedTree {
  /** The tree of `tip` in which the protected paths are as `base` has them. */
  readonly tree: string;
  /** What that took back. */
  readonly dropped: readonly string[];
}

/** Takes back what the commits from `base` to `tip`, whose content is `tree`, did to protected paths. */
export async function dropProtected(
  base: string,
  tip: string,
  tree: string,
  paths: readonly string[],
  target: TargetRepository,
  signal: AbortSignal,
): Promise<ProtectedTree> {
  if (paths.length === 0) return { tree, dropped: [] };
  const literal = "--literal-pathspecs";
  const compare = [literal, "diff-tree", "-r", "-z", "--name-only", "--no-renames", base, tip];
  const changed = (await target.inMirror([...compare, "--", ...paths], signal)).split("\0");
  const dropped = changed.filter((path) => path !== "");
  if (dropped.length === 0) return { tree, dropped };
  return inScratch(async (scratch) => {
    const call = {
      folder: target.mirror,
      signal,
      environment: { GIT_INDEX_FILE: join(scratch, "index"), GIT_WORK_TREE: scratch },
    };
    await target.git.run(["read-tree", tip], call);
    const restore = [literal, "restore", "--staged", `--source=${base}`, "--", ...dropped];
    await target.git.run(restore, call);
    return { tree: await target.git.run(["write-tree"], call), dropped };
  });
}

/** For `notes` of a result. */
export function droppedNote(dropped: readonly string[]): readonly string[] {
  if (dropped.length === 0) return [];
  const names = dropped.slice(0, 5).map((path) => JSON.stringify(path));
  const more = dropped.length > names.length ? ` and ${dropped.length - names.length} more` : "";
  return [`Changes to ${names.join(", ")}${more} were left out: the tracker keeps them.`];
}
