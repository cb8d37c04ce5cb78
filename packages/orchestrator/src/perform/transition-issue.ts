import type { TransitionResult } from "@signalbox/contracts";
import type { TransitionIssueEffect } from "@signalbox/core";
import { calmOrLate } from "../calm-or-late.ts";
import type { PerformContext } from "./perform-context.ts";
import { retryAfterOf } from "../problem.ts";
import { withTimeLimit } from "../time-limit.ts";

const transitionLimitMs = 60_000;

export async function transitionIssue(
  effect: TransitionIssueEffect,
  context: PerformContext,
): Promise<void> {
  const { issueId, key, from, to } = effect;
  const { clock, tracker, signal } = context;
  await calmOrLate(context);
  // A later order may have taken its place meanwhile.
  if (signal.aborted || !context.state().orders.has(key)) return;
  const end = (result: TransitionEnd): void =>
    context.post({ type: "transition-ended", at: clock.now(), issueId, key, result });
  if (tracker.transition === undefined) {
    end({ kind: "rejected", reason: "this tracker cannot change an issue's state" });
    return;
  }
  try {
    const result = await withTimeLimit(
      clock,
      transitionLimitMs,
      "changing the issue's state",
      signal,
      (inner): Promise<TransitionResult> =>
        tracker.transition?.(issueId, { from, to, key }, inner) ??
        Promise.reject(new Error("transition vanished")),
    );
    end(result);
  } catch (error) {
    if (signal.aborted) return;
    // Only the tracker's own word rejects a write: a file that cannot be read now may be there again in a minute.
    const message = error instanceof Error ? error.message : String(error);
    end({ kind: "failed", message, retryAfterMs: retryAfterOf(error) });
  }
}

type TransitionEnd =
  | TransitionResult
  | { readonly kind: "failed"; readonly message: string; readonly retryAfterMs: number | null };
