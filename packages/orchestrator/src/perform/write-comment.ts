import type { WriteCommentEffect } from "@signalbox/core";
import { commentText } from "../comment-text.ts";
import { calmOrLate } from "../calm-or-late.ts";
import type { PerformContext } from "./perform-context.ts";
import { activityOf } from "../activity-of.ts";
import { logFieldsOf } from "./log-fields.ts";
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
    await reportActivity(effect, context);
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

/** Beside the comment: one that may succeed later has both written again, which changes nothing of the comment. */
async function reportActivity(effect: WriteCommentEffect, context: PerformContext): Promise<void> {
  const { clock, logger, signal, state, tracker } = context;
  const { issueId } = effect;
  const activity = tracker.reportActivity === undefined ? null : activityOf(effect, state());
  if (activity === null) return;
  try {
    await withTimeLimit(clock, commentLimitMs, "reporting what the agent does", signal, (inner) =>
      Promise.resolve(tracker.reportActivity?.(issueId, activity, inner)),
    );
  } catch (error) {
    signal.throwIfAborted();
    if (isRetryable(error)) throw error;
    const fields = logFieldsOf(issueId, state());
    logger.log("warn", `showing the agent's activity failed: ${String(error)}`, fields);
  }
}
