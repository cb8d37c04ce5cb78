import type { DeliveryResult } from "@signalbox/contracts";
import { createCommit, ownSignature } from "./commit.ts";
import { GitFailure } from "./git.ts";
import type { ProtectedTree } from "./protected-paths.ts";
import type { TargetRepository } from "./target-repository.ts";

type Conflict = Extract<DeliveryResult, { readonly kind: "conflict" }>;

const maxFiles = 100;
const maxDetail = 4_000;

/** A merge commit of both, in the mirror alone; or where they disagree. */
export async function createMerge(
  base: string,
  tip: string,
  work: ProtectedTree,
  message: string,
  target: TargetRepository,
  signal: AbortSignal,
): Promise<string | Conflict> {
  const signature = await ownSignature(target, signal);
  const create = (tree: string, parents: readonly string[]): Promise<string> =>
    createCommit({ tree, parents, message, signature }, target, signal);
  // What is dropped must neither conflict nor be merged, so a commit without it stands in for the tip.
  const side = work.dropped.length === 0 ? tip : await create(work.tree, [tip]);
  const merged = await mergeTrees(base, side, target, signal);
  return typeof merged === "string" ? create(merged, [base, tip]) : merged;
}

export const unrelated: Conflict = {
  kind: "conflict",
  files: [],
  detail:
    "The branch shares no commit with its base any more. Start from the base again and bring the changes over.",
};

async function mergeTrees(
  base: string,
  side: string,
  { git, mirror }: TargetRepository,
  signal: AbortSignal,
): Promise<string | Conflict> {
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--messages", base, side];
  try {
    const printed = await git.run(args, { folder: mirror, signal });
    return printed.split("\0")[0] ?? "";
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1) return conflict(error.stdout);
    throw error;
  }
}

/** Tree, files, an empty field, then for each message: number of paths, the paths, a type, the text. */
function conflict(printed: string): Conflict {
  const fields = printed.split("\0");
  const end = fields.indexOf("", 1);
  const files = fields.slice(1, end);
  const texts: string[] = [];
  for (let at = end + 1; at < fields.length;) {
    const paths = Number(fields[at]);
    if (fields[at] === "" || !Number.isInteger(paths)) break;
    const text = fields[at + paths + 2] ?? "";
    if (text.startsWith("CONFLICT")) texts.push(text.trim());
    at += paths + 3;
  }
  if (files.length > maxFiles) texts.unshift(`${files.length} files conflict.`);
  const detail = texts.join("\n").slice(0, maxDetail);
  return { kind: "conflict", files: files.slice(0, maxFiles), detail };
}
