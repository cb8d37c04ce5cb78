import type { CleanWorkspaceEffect } from "@signalbox/core";
import { calmOrLate } from "../calm-or-late.ts";
import type { PerformContext } from "./perform-context.ts";

/** Waits for a moment in which no run is being prepared, for 5 s at most: cleaning can wait, a free slot should not. */
export async function cleanWorkspace(
  effect: CleanWorkspaceEffect,
  context: PerformContext,
): Promise<void> {
  const { clock, signal } = context;
  const { issueId, key } = effect;
  await calmOrLate(context);
  try {
    const { savedRef } = await context.workspaces.remove(effect.workspace, signal);
    const result = { kind: "removed", savedRef } as const;
    context.post({ type: "workspace-cleaned", at: clock.now(), issueId, key, result });
  } catch (error) {
    if (signal.aborted) return;
    const message = error instanceof Error ? error.message : String(error);
    const result = { kind: "failed", message } as const;
    context.post({ type: "workspace-cleaned", at: clock.now(), issueId, key, result });
  }
}
