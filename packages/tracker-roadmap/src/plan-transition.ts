import type { TransitionOrder, TransitionResult } from "@signalbox/contracts";
import { trackerError } from "./file-error.ts";
import { issueOf, placeOf, readRoadmap } from "./read-roadmap.ts";
import type { RoadmapText } from "./read-roadmap.ts";
import { replaceSpan } from "./span.ts";
import { isSameState, readStatus } from "./status.ts";

export type TransitionPlan =
  | { readonly kind: "answer"; readonly result: TransitionResult }
  | { readonly kind: "write"; readonly next: RoadmapText };

/**
 * What an order means for the file as it stands. The whole value of the field is replaced: words behind the state
 * (`in progress — phase 1`) told about the old state. A state that the file would not read back is rejected unwritten.
 */
export function planTransition(
  roadmap: RoadmapText,
  issueId: string,
  order: TransitionOrder,
): TransitionPlan {
  const place = placeOf(roadmap, issueId);
  if (place === null) throw goneError(roadmap.name, issueId);
  const { feature, start, line } = place;
  const issue = issueOf(roadmap, issueId);
  const field = feature.statusField;
  if (issue === null || field === null) {
    return rejected(
      `the Status of "${feature.title}" (${roadmap.name}:${line}) is missing or empty`,
    );
  }
  const target = order.to.trim();
  const wanted = readStatus(target)?.state ?? target;
  if (isSameState(issue.state, wanted)) {
    return { kind: "answer", result: { kind: "confirmed", issue } };
  }
  if (order.from !== null && !isSameState(issue.state, order.from)) {
    return { kind: "answer", result: { kind: "conflict", issue } };
  }
  const span = { start: start + field.start, end: start + field.end };
  const next = readRoadmap(replaceSpan(roadmap.text, span, target), roadmap.name, roadmap);
  const moved = issueOf(next, issueId);
  if (moved === null || !isSameState(moved.state, wanted)) {
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
