import type { DeliveryOrder } from "@signalbox/contracts";
import { DeliveryProblem } from "./delivery-problem.ts";
import { dropProtected } from "./protected-paths.ts";
import type { ProtectedTree } from "./protected-paths.ts";
import type { TargetRepository } from "./target-repository.ts";

/** The commit at the end of the workspace's branch. */
export async function tipOf(
  order: DeliveryOrder,
  target: TargetRepository,
  signal: AbortSignal,
): Promise<{ readonly branch: string; readonly tip: string }> {
  const { branch, path } = order.workspace;
  if (branch === null) {
    throw new DeliveryProblem(
      `The workspace ${path} is a plain folder, so it has no branch to deliver.`,
      "Set delivery.kind to none, or workspace.kind to git.",
    );
  }
  const tip = await target.git.ask(
    ["rev-parse", "--verify", "--quiet", `refs/heads/${branch}^{commit}`],
    { folder: target.mirror, signal },
  );
  if (tip !== null) return { branch, tip };
  throw new DeliveryProblem(
    `The branch ${branch} of ${path} does not exist any more.`,
    "Restore it in the workspace, or start the issue again.",
  );
}

/** What the branch has to deliver. `null`: the branch has no commit, or no change, that its base lacks. `unrelated`: they share no commit. */
export async function finishedWork(
  base: string,
  tip: string,
  order: DeliveryOrder,
  protectedPaths: readonly string[],
  target: TargetRepository,
  signal: AbortSignal,
): Promise<ProtectedTree | "unrelated" | null> {
  const { baseCommit } = order.workspace;
  const known = baseCommit === null ? [] : [`^${baseCommit}`];
  const ahead = ["rev-list", "--max-count=1", "--ignore-missing", tip, `^${base}`, ...known];
  if ((await target.inMirror(ahead, signal)) === "") return null;
  const start = await target.git.ask(["merge-base", base, tip], { folder: target.mirror, signal });
  if (start === null) return "unrelated";
  const trees = ["rev-parse", `${start}^{tree}`, `${tip}^{tree}`];
  const [before = "", after = ""] = (await target.inMirror(trees, signal)).split("\n");
  const content = await dropProtected(start, tip, after, protectedPaths, target, signal);
  return content.tree === before ? null : content;
}
