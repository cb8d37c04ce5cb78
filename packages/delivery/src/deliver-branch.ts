import type { DeliveryOrder, DeliveryResult } from "@signalbox/contracts";
import { checkoutsOf, waiting } from "./checkout.ts";
import { createCommit, readCommit, withTrailer } from "./commit.ts";
import type { DeliveryScene } from "./deliver-merge.ts";
import { noSuchBranch } from "./deliver-merge.ts";
import { DeliveryProblem } from "./delivery-problem.ts";
import { finishedWork, tipOf } from "./finished-work.ts";
import { issueTrailer, encodeTrailer } from "./issue-trailer.ts";
import { unrelated } from "./merge-commit.ts";
import { droppedNote } from "./protected-paths.ts";
import type { ProtectedTree } from "./protected-paths.ts";

/** Pushes the workspace's branch to the user's repository under the same name. */
export async function deliverBranch(
  order: DeliveryOrder,
  base: string,
  scene: DeliveryScene,
): Promise<DeliveryResult> {
  const { target, protectedPaths, signal } = scene;
  const { branch, tip } = await tipOf(order, target, signal);
  const start = await target.fetch(base, signal);
  if (start === null) throw noSuchBranch(base);
  const work = await finishedWork(start, tip, order, protectedPaths, target, signal);
  if (work === "unrelated") return unrelated;
  if (work === null) return (await merged(order, base, tip, scene)) ?? { kind: "empty" };
  const commit = await sign(order, branch, tip, work, scene);
  const outcome = await target.push(commit, branch, signal);
  switch (outcome.kind) {
    case "pushed":
      return { kind: "delivered", commit, branch, notes: droppedNote(work.dropped) };
    case "checked-out": {
      const [checkout] = await checkoutsOf(branch, target, signal);
      return waiting(
        `The branch ${branch} is checked out in ${checkout?.path ?? "the repository"}.`,
        "Check out another branch there.",
      );
    }
    case "behind":
      throw new DeliveryProblem(
        `The repository has a branch ${branch} with other commits.`,
        "Delete or rename that branch; nothing is pushed by force.",
      );
    case "contested":
      throw new DeliveryProblem(
        `The repository did not update ${branch}: ${outcome.reason}.`,
        "It is tried again.",
        true,
      );
    case "refused":
      throw new DeliveryProblem(
        `The repository refused the branch ${branch}: ${outcome.reason}.`,
        "Allow it there, or rename the branch that is in the way.",
      );
  }
}

/** Delivered before, and merged by the user since. */
async function merged(
  order: DeliveryOrder,
  base: string,
  tip: string,
  { target, signal }: DeliveryScene,
): Promise<DeliveryResult | null> {
  if (tip === order.workspace.baseCommit) return null;
  const { issues } = await readCommit(tip, target, signal);
  if (!issues.includes(encodeTrailer(order.issueIdentifier))) return null;
  return { kind: "delivered", commit: tip, branch: base, notes: [] };
}

/**
 * Replaces the tip by a copy that carries the trailer and none of the dropped changes. The workspace's branch moves
 * with it, so that later work builds on what was delivered; files of the workspace stay as they are. Author,
 * committer and dates stay too, so the same tip always gives the same copy.
 */
async function sign(
  order: DeliveryOrder,
  branch: string,
  tip: string,
  work: ProtectedTree,
  { target, signal }: DeliveryScene,
): Promise<string> {
  const { parents, issues, signature, message } = await readCommit(tip, target, signal);
  // The last one counts: an agent may have written others.
  const isSigned = issues.at(-1) === encodeTrailer(order.issueIdentifier);
  if (isSigned && work.dropped.length === 0) return tip;
  const trailer = issueTrailer(order.issueIdentifier);
  const signed = isSigned ? message : await withTrailer(message, trailer, target, signal);
  const copy = { tree: work.tree, parents, signature, message: signed };
  const commit = await createCommit(copy, target, signal);
  await target.inMirror(["update-ref", "--no-deref", `refs/heads/${branch}`, commit, tip], signal);
  return commit;
}
