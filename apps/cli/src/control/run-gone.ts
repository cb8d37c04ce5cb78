import type { Operable } from "./operable.ts";

const limitMs = 30_000;

/** Resolves when the issue is not in this run any more; at the latest after 30 s, or when nobody listens. */
export async function runGone(
  orchestrator: Pick<Operable, "state" | "on" | "off">,
  issueId: string,
  runId: string,
  gone: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    const claim = orchestrator.state.claims.get(issueId);
    if (claim?.phase !== "running" || claim.runId !== runId) resolve();
  };
  const over = (): void => resolve();
  const timer = setTimeout(over, limitMs);
  gone.addEventListener("abort", over);
  orchestrator.on("state_change", look);
  look();
  await promise;
  orchestrator.off("state_change", look);
  gone.removeEventListener("abort", over);
  clearTimeout(timer);
}
