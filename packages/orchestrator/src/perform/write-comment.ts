import type { WriteCommentEffect } from "@signalbox/core";
import { commentText } from "../comment-text.ts";
import { calmOrLate } from "../calm-or-late.ts";
import type { PerformContext } from "./perform-context.ts";
import { isRetryable, retryAfterOf } from "../problem.ts";
import { withTimeLimit } from "../time-limit.ts";

const commentLimitMs = 60_000;

/** A tracker without comments has nothing to write to: that is a confirmed nothing. */
export async function writeComment(
  effect: WriteCommentEffect,
  context: PerformContext,
): Promise<void> {
  const { issueId, key } = effect;
  const { clock, tracker, signal } = context;
  await calmOrLate(context);
  if (signal.aborted) return;
  try {
    const body = commentText(effect.comment);
    const receipt = await withTimeLimit(
      clock,
      commentLimitMs,
      "writing a comment",
      signal,
      async (inner) => tracker.ensureComment?.(issueId, { key, body }, inner),
    );
    const result = { kind: "confirmed", writtenAt: receipt?.writtenAt ?? null } as const;
    context.post({ type: "comment-ended", at: clock.now(), issueId, key, result });
  } catch (error) {
    if (signal.aborted) return;
    context.post({
      type: "comment-ended",
      at: clock.now(),
      issueId,
      key,
      result: {
        kind: "failed",
        message: error instanceof Error ? error.message : String(error),
        retryAfterMs: retryAfterOf(error),
        retryable: isRetryable(error),
      },
    });
  }
}
