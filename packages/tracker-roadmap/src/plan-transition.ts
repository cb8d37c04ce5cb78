import type { TransitionOrder, TransitionResult } from "@signalbox/contracts";
import { trackerError } from "./file-error.ts";
import { issueOf, placeOf } from "./read-roadmap.ts";
import type { Roadmap } from "./read-roadmap.ts";
import { replaceSpan } from "./span.ts";
import { isSameState, readStatus } from "./status.ts";

/** One file of a roadmap, and what the whole says with it. */
export interface Page {
  readonly roadmap: Roadmap;
  /** Of the file. */
  readonly text: string;
  /** What the roadmap would say with another text in that file. */
  readonly reread: (text: string) => Roadmap;
}

export type TransitionPlan =
  | { readonly kind: "answer"; readonly result: TransitionResult }
  | { readonly kind: "write"; readonly text: string; readonly next: Roadmap };

/**
 * What an order means for the file, in which the issue stands if it stands anywhere. The whole value of the field is
 * replaced: words behind the state (`in progress — phase 1`) told about the old state. A state that the file would not read
 * back is rejected unwritten.
 */
export function planTransition(
  { roadmap, text, reread }: Page,
  issueId: string,
  order: TransitionOrder,
): TransitionPlan {
  const place = placeOf(roadmap, issueId);
  if (place === null) throw goneError(roadmap.name, issueId);
  const { feature, start, file, line } = place;
  const issue = issueOf(roadmap, issueId);
  const field = feature.statusField;
  if (issue === null || field === null) {
    return rejected(`the Status of "${feature.title}" (${file}:${line}) is missing or empty`);
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
  const nextText = replaceSpan(text, span, target);
  const next = reread(nextText);
  const moved = issueOf(next, issueId);
  if (moved === null || !isSameState(moved.state, wanted)) {
    return rejected(`the file cannot say the state ${JSON.stringify(order.to)}`);
  }
  return { kind: "write", text: nextText, next };
}

/** Whether the file says the ordered state once the plan is carried out. */
export function saysState(plan: TransitionPlan): boolean {
  return plan.kind === "write" || plan.result.kind === "confirmed";
}

export function goneError(name: string, issueId: string): Error {
  return trackerError(
    "tracker_status",
    `the roadmap ${name} has no feature ${issueId} (any more)`,
    {
      remedy: "See whether its title or External-ID was changed: the id follows from them.",
    },
  );
}

function rejected(reason: string): TransitionPlan {
  return { kind: "answer", result: { kind: "rejected", reason } };
}
