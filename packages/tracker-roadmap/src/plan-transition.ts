import type { TransitionOrder, TransitionResult } from "@signalbox/contracts";
import { trackerError } from "./file-error.ts";
import { readRoadmap } from "./read-roadmap.ts";
import type { Roadmap } from "./read-roadmap.ts";
import { replaceSpan } from "./span.ts";
import { isSameState, readStatus } from "./status.ts";

export type TransitionPlan =
  | { readonly kind: "answer"; readonly result: TransitionResult }
  | { readonly kind: "write"; readonly next: Roadmap };

/**
 * What an order means for the file as it stands. The whole value of the field is replaced: words behind the state
 * (`in progress — phase 1`) told about the old state. A state that the file would not read back is rejected unwritten.
 */
export function planTransition(
  roadmap: Roadmap,
  file: string,
  issueId: string,
  order: TransitionOrder,
): TransitionPlan {
  const entry = roadmap.entryById.get(issueId);
  if (entry === undefined) throw goneError(file, issueId);
  const issue = roadmap.issueById.get(issueId);
  const field = entry.fields.known.get("status");
  if (issue === undefined || field === undefined) {
    return rejected(
      `"${entry.feature.title}" (${file}:${entry.feature.line}) has no usable Status`,
    );
  }
  const target = order.to.trim();
  const wanted = readStatus(target)?.state ?? target;
  if (isSameState(issue.state, wanted))
    return { kind: "answer", result: { kind: "confirmed", issue } };
  if (order.from !== null && !isSameState(issue.state, order.from)) {
    return { kind: "answer", result: { kind: "conflict", issue } };
  }
  const next = readRoadmap(replaceSpan(roadmap.text, field.value, target), file);
  const moved = next.issueById.get(issueId);
  if (moved === undefined || !isSameState(moved.state, wanted)) {
    return rejected(`the file cannot say the state ${JSON.stringify(order.to)}`);
  }
  return { kind: "write", next };
}

export function goneError(file: string, issueId: string): Error {
  return trackerError(
    "tracker_status",
    `the roadmap ${file} has no feature ${issueId} (any more)`,
    {
      remedy: "See whether its title or External-ID was changed: the id follows from them.",
    },
  );
}

function rejected(reason: string): TransitionPlan {
  return { kind: "answer", result: { kind: "rejected", reason } };
}
