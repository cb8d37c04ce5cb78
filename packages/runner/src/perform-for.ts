import type { AgentToolResult, RunObserver, ToolCall } from "@signalbox/contracts";

/** Has a call performed by an observer, if it is one that performs calls. */
export async function performFor(
  observer: RunObserver,
  call: ToolCall,
  signal: AbortSignal,
): Promise<AgentToolResult> {
  const result = await observer.onToolCall?.(call, signal);
  if (result !== undefined) return result;
  const message = "Nobody performs tools for this run.";
  return { kind: "failed", code: "no-tools", message, retryable: false };
}
