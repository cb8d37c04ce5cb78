import type { DeliveryResult } from "@signalbox/contracts";
import { runCommand } from "@signalbox/process";
import { DeliveryProblem } from "./delivery-problem.ts";
import { mendMove } from "./mend-move.ts";
import { dropNote, noteFile, writeNote } from "./move-note.ts";
import { firstLines, withoutHooks } from "./git.ts";
import type { TargetRepository } from "./target-repository.ts";

export interface Checkout {
  readonly path: string;
  readonly branch: string;
  /** The commit that it stands at. */
  readonly head: string;
  /** Its folder is gone, but git still counts it. */
  readonly isMissing: boolean;
}

type Waiting = Extract<DeliveryResult, { readonly kind: "waiting" }>;

const mergeLimitMs = 10 * 60_000;
const maxNamedFiles = 10;

/** Where the user has the branch checked out: the main work tree or a worktree of it. */
export async function checkoutsOf(
  branch: string,
  { git, address }: TargetRepository,
  signal: AbortSignal,
): Promise<readonly Checkout[]> {
  const args = ["worktree", "list", "--porcelain", "-z"];
  const listing = await git.run(args, { folder: address, signal });
  return listing
    .split("\0\0")
    .map((entry) => entry.split("\0"))
    .filter((lines) => lines.includes(`branch refs/heads/${branch}`))
    .map((lines) => ({
      path: lines[0]?.replace(/^worktree /, "") ?? "",
      branch,
      head: lines.find((line) => line.startsWith("HEAD "))?.slice("HEAD ".length) ?? "",
      isMissing: lines.some((line) => line.startsWith("prunable")),
    }));
}

/**
 * Moves a checkout on to `commit`, which `ref` of the mirror names. Files with uncommitted changes are never written:
 * where one is in the way nothing moves, and the result names it. `moved`: the branch has commits that `commit` lacks.
 */
export async function fastForward(
  { path, branch, head, isMissing }: Checkout,
  commit: string,
  ref: string,
  target: TargetRepository,
  signal: AbortSignal,
): Promise<"done" | "moved" | Waiting> {
  if (isMissing) {
    return waiting(
      `The worktree ${path}, which has the branch checked out, is gone.`,
      "Run git worktree prune in the repository, or bring the folder back.",
    );
  }
  await mendMove(path, target, signal);
  const fetch = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"];
  await target.git.run([...fetch, "--no-recurse-submodules", target.mirror, ref], {
    folder: path,
    signal,
  });
  const merge = ["merge", "--ff-only", "--quiet", "--no-stat", "--no-autostash"];
  const note = noteFile(target.stateDir, path);
  await writeNote(note, { path, branch, from: head, to: commit });
  // In a session of its own and without the signal: a checkout that was half written would be the user's to repair.
  const { exit, stderr, stdout, timedOut } = await runCommand({
    command: ["git", ...withoutHooks, ...merge, "--no-overwrite-ignore", commit],
    cwd: path,
    environment: target.git.environment,
    runMarker: null,
    timeoutMs: mergeLimitMs,
    graceMs: 30_000,
  });
  // Somebody has killed it: what it left is mended with the next try.
  if (exit.code === null && !timedOut) return "moved";
  if (exit.code !== null) await dropNote(note);
  if (exit.code === 0) return "done";
  return obstacle(path, `${stderr.text}\n${stdout.text}`);
}

function obstacle(path: string, output: string): "moved" | Waiting {
  if (/Not possible to fast-forward/.test(output)) return "moved";
  if (/would be (?:overwritten|removed) by|would lose untracked|not uptodate/.test(output)) {
    return waiting(
      `Uncommitted changes in ${path} are in the way: ${filesIn(output)}.`,
      "Commit them, stash them or move them away.",
    );
  }
  if (/unmerged files|not concluded your|needs merge|cherry-pick/i.test(output)) {
    return waiting(`A merge or cherry-pick is going on in ${path}.`, "Finish it, or abort it.");
  }
  if (/\.lock': File exists/.test(output)) {
    throw new DeliveryProblem(
      `Another git is at work in ${path}: ${firstLines(output)}.`,
      "When none is, delete that lock file.",
      true,
    );
  }
  throw new DeliveryProblem(
    `git could not move ${path} on: ${firstLines(output)}.`,
    "Repair what it complains about there.",
    true,
  );
}

/** git indents the names with a tab, or quotes them in `Entry '…' not uptodate`. */
function filesIn(output: string): string {
  const listed = [...output.matchAll(/^\t(.+)$|^error: Entry '(.+)' (?:not|would)/gm)];
  const names = listed.map(([, indented, quoted]) => indented ?? quoted ?? "");
  const more = names.length > maxNamedFiles ? ` and ${names.length - maxNamedFiles} more` : "";
  return `${names.slice(0, maxNamedFiles).join(", ")}${more}`;
}

export function waiting(reason: string, remedy: string): Waiting {
  return { kind: "waiting", reason, remedy };
}
