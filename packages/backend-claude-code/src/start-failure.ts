import { type BackendErrorCode, SignalboxError } from "@signalbox/contracts";
import type { ProcessExit } from "@signalbox/process";
import { testedVersion } from "./check-init.ts";

/** How to get the program. */
export const installation: string = `Install it with npm install -g @anthropic-ai/claude-code@${testedVersion} and log in with claude /login or ANTHROPIC_API_KEY.`;

const unknownSession = /No conversation found/;

/** Why the program ended before it was ready. */
export function startFailure(
  { code, signal, stoppedBy }: ProcessExit,
  facts: { readonly timeoutMs: number | null; readonly error: string | null },
): SignalboxError<BackendErrorCode> {
  if (facts.timeoutMs !== null) {
    return new SignalboxError(
      "startup-timed-out",
      `Claude Code was not ready within ${facts.timeoutMs} ms.`,
      { retryable: true },
    );
  }
  if (stoppedBy !== null) return startStopped(stoppedBy);
  const how = code === null ? `was ended by ${signal ?? "a signal"}` : `exited with code ${code}`;
  const why = facts.error === null ? "." : `: ${facts.error}`;
  return new SignalboxError("agent-exit", `Claude Code ${how} before it was ready${why}`, {
    retryable: true,
    remedy: `Run it by hand to see what is wrong. ${testedVersion} is the version that was tested.`,
  });
}

/** The order was taken back. */
export function startStopped(cause: unknown): SignalboxError<BackendErrorCode> {
  return new SignalboxError("internal", "Claude Code was stopped before it was ready.", {
    retryable: true,
    cause,
  });
}

/** Whether the session that was to be resumed is not known. */
export function isUnknownSession(error: unknown): boolean {
  return SignalboxError.isInstance(error) && unknownSession.test(error.message);
}
