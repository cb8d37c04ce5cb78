import type { CleanWorkspaceEffect } from "@signalbox/core";
import type { PerformContext } from "./perform-context.ts";

export async function cleanWorkspace(
  effect: CleanWorkspaceEffect,
  context: PerformContext,
): Promise<void> {
  const { clock, signal } = context;
  const { issueId, key } = effect;
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
