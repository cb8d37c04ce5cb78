import type { DeliveryOrder, DeliveryResult, WorkflowConfig } from "@signalbox/contracts";
import { checkoutsOf, fastForward, waiting } from "./checkout.ts";
import { DeliveryProblem } from "./delivery-problem.ts";
import { finishedWork, tipOf } from "./finished-work.ts";
import { GitFailure } from "./git.ts";
import {
  issueTrailer,
  mergeMessage,
  trailerFormat,
  encodeTrailer,
  trailerValues,
} from "./issue-trailer.ts";
import { createMerge, unrelated } from "./merge-commit.ts";
import { failingCheck } from "./merged-check.ts";
import { droppedNote } from "./protected-paths.ts";
import type { TargetRepository } from "./target-repository.ts";

const maxRounds = 5;
const cleanUpLimitMs = 60_000;

export interface DeliveryScene {
  readonly config: WorkflowConfig;
  readonly target: TargetRepository;
  readonly protectedPaths: readonly string[];
  readonly signal: AbortSignal;
}

/** Merges into the base branch. When the base moves meanwhile it starts again, so that what was checked is what lands. */
export async function deliverMerge(
  order: DeliveryOrder,
  base: string,
  scene: DeliveryScene,
): Promise<DeliveryResult> {
  const { tip } = await tipOf(order, scene.target, scene.signal);
  for (let round = 1; round <= maxRounds; round += 1) {
    const result = await mergeOnce(order, base, tip, scene);
    if (result !== "moved") return result;
  }
  throw new DeliveryProblem(
    `The branch ${base} moved ${maxRounds} times while the result was merged and checked.`,
    "It is tried again; make delivery.check faster if that does not help.",
    true,
  );
}

async function mergeOnce(
  order: DeliveryOrder,
  branch: string,
  tip: string,
  { config, target, protectedPaths, signal }: DeliveryScene,
): Promise<DeliveryResult | "moved"> {
  const base = await target.fetch(branch, signal);
  if (base === null) throw noSuchBranch(branch);
  const work = await finishedWork(base, tip, order, protectedPaths, target, signal);
  if (work === null) {
    const earlier = await earlierMerge(order, branch, base, tip, target, signal);
    if (earlier === null) return { kind: "empty" };
    await dropName(nameOf(order.workspace.key), target);
    return earlier;
  }
  if (work === "unrelated") return unrelated;
  const message = mergeMessage(order.issueIdentifier, order.issueTitle);
  const commit = await createMerge(base, tip, work, message, target, signal);
  if (typeof commit !== "string") {
    await showBase(branch, base, target, signal);
    return commit;
  }
  const output = await failingCheck(commit, order, config, target, signal);
  if (output !== null) {
    await showBase(branch, base, target, signal);
    return { kind: "check-failed", output };
  }
  const advanced = await advance(branch, commit, order.workspace.key, target, signal);
  if (advanced !== "done") return advanced;
  return { kind: "delivered", commit, branch, notes: droppedNote(work.dropped) };
}

export function noSuchBranch(branch: string): DeliveryProblem {
  return new DeliveryProblem(
    `The repository has no branch ${JSON.stringify(branch)} to deliver into.`,
    "Make it, or set delivery.into or workspace.base to one that exists.",
  );
}

/** The merge of this very tip that a delivery made whose answer was lost. */
async function earlierMerge(
  order: DeliveryOrder,
  branch: string,
  base: string,
  tip: string,
  target: TargetRepository,
  signal: AbortSignal,
): Promise<DeliveryResult | null> {
  const trailer = issueTrailer(order.issueIdentifier);
  const printed = await target.inMirror(
    [
      "log",
      "--merges",
      "--fixed-strings",
      `--grep=${trailer}`,
      `--format=%H %P%x00${trailerFormat}%x00`,
      base,
      `^${tip}`,
    ],
    signal,
  );
  const fields = printed.split("\0");
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [commit = "", , second] = (fields[at] ?? "").trim().split(" ");
    const issues = trailerValues(fields[at + 1] ?? "");
    if (second === tip && issues.includes(encodeTrailer(order.issueIdentifier))) {
      return { kind: "delivered", commit, branch, notes: [] };
    }
  }
  return null;
}

async function advance(
  branch: string,
  commit: string,
  key: string,
  target: TargetRepository,
  signal: AbortSignal,
): Promise<"done" | "moved" | DeliveryResult> {
  const checkouts = target.isLocal ? await checkoutsOf(branch, target, signal) : [];
  const [checkout, second] = checkouts;
  if (checkout === undefined) return pushBase(branch, commit, target, signal);
  if (second !== undefined) {
    return waiting(
      `The branch ${branch} is checked out twice: in ${checkout.path} and ${second.path}.`,
      "Check out another branch in one of them.",
    );
  }
  const ref = nameOf(key);
  await target.inMirror(["update-ref", ref, commit], signal);
  try {
    const moved = await fastForward(checkout, commit, ref, target, signal);
    if (moved !== "done") return moved;
    // Somebody may have switched branches between the look and the merge.
    return (await target.commitOf(branch, signal)) === commit ? "done" : "moved";
  } finally {
    await dropName(ref, target);
  }
}

/** Of the commit in the mirror, for the checkout to fetch. */
function nameOf(key: string): string {
  return `refs/signalbox/delivering/${key}`;
}

/** Also where it is not there. */
async function dropName(ref: string, target: TargetRepository): Promise<void> {
  await target.inMirror(["update-ref", "-d", ref], AbortSignal.timeout(cleanUpLimitMs));
}

async function pushBase(
  branch: string,
  commit: string,
  target: TargetRepository,
  signal: AbortSignal,
): Promise<"done" | "moved" | DeliveryResult> {
  const outcome = await target.push(commit, branch, signal);
  switch (outcome.kind) {
    case "pushed":
      return "done";
    case "behind":
    case "contested":
      return "moved";
    case "checked-out":
      return waiting(
        `The branch ${branch} is in use in the repository: checked out, or in a rebase or bisect.`,
        "Finish that, or check out another branch.",
      );
    case "refused":
      throw new DeliveryProblem(
        `The repository refused the push to ${branch}: ${outcome.reason}.`,
        "Allow it there, or set delivery.kind to branch.",
      );
  }
}

/** Lets the agent see, as `origin/<branch>`, what its work has to fit to. The workspaces own that ref, so losing is fine. */
async function showBase(
  branch: string,
  base: string,
  target: TargetRepository,
  signal: AbortSignal,
): Promise<void> {
  try {
    await target.inMirror(["update-ref", `refs/remotes/origin/${branch}`, base], signal);
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
  }
}
