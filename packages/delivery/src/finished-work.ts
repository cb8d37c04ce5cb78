import type { DeliveryOrder } from "@signalbox/contracts";
import { DeliveryProblem } from "./delivery-problem.ts";
import { dropProtected } from "./protected-paths.ts";
import type { TargetRepository } from "./target-repository.ts";

/** What a branch has to deliver, seen from its base. */
export interface FinishedWork {
  /** The newest commit that base and branch share. */
  readonly start: string;
  /** Content of the branch, protected paths as `start` has them. */
  readonly tree: string;
  readonly dropped: readonly string[];
}

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

/** `null`: the branch has no commit, or no change, that its base lacks. `unrelated`: they share no commit. */
export async function finishedWork(
  base: string,
  tip: string,
  order: DeliveryOrder,
  protectedPaths: readonly string[],
  target: TargetRepository,
  signal: AbortSignal,
): Promise<FinishedWork | "unrelated" | null> {
  const { baseCommit } = order.workspace;
  const known = baseCommit === null ? [] : [`^${baseCommit}`];
  const ahead = ["rev-list", "--max-count=1", "--ignore-missing", tip, `^${base}`, ...known];
  if ((await target.inMirror(ahead, signal)) === "") return null;
  const start = await target.git.ask(["merge-base", base, tip], { folder: target.mirror, signal });
  if (start === null) return "unrelated";
  const { tree, dropped } = await dropProtected(start, tip, protectedPaths, target, signal);
  const before = await target.inMirror(["rev-parse", `${start}^{tree}`], signal);
  return tree === before ? null : { start, tree, dropped };
}
