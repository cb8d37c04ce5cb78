import { type BackendErrorCode, SignalboxError } from "@signalbox/contracts";
import type { ProcessExit } from "@signalbox/process";

/** The version that all of this was tried with. */
export const testedVersion = "0.169.0";

/** How to get the program. */
export const installation: string = `Install it with npm install -g @openai/codex@${testedVersion} and log in with codex login or CODEX_API_KEY.`;

/** Of a shell that did not find the program, or could not execute it. */
const notFoundCodes: ReadonlySet<number | null> = new Set([126, 127]);

/** Why the program ended before it was ready. */
export function startFailure(
  { code, signal, stoppedBy }: ProcessExit,
  facts: { readonly timeoutMs: number | null; readonly error: string | null },
): SignalboxError<BackendErrorCode> {
  if (facts.timeoutMs !== null) {
    const message = `Codex was not ready within ${facts.timeoutMs} ms.`;
    return new SignalboxError("startup-timed-out", message, { retryable: true });
  }
  if (stoppedBy !== null) return stoppedBeforeReady();
  const how = code === null ? `was ended by ${signal ?? "a signal"}` : `exited with code ${code}`;
  const why = facts.error === null ? "." : `: ${facts.error}`;
  const message = `Codex ${how} before it was ready${why}`;
  if (notFoundCodes.has(code)) {
    return new SignalboxError("agent-not-found", message, { remedy: installation });
  }
  return new SignalboxError("agent-exit", message, {
    retryable: true,
    remedy: `Run \`codex app-server\` by hand to see what is wrong. ${testedVersion} is the version that was tested.`,
  });
}

/** The program answers, and not as it must. */
export function protocolFailure(message: string): SignalboxError<BackendErrorCode> {
  return new SignalboxError("agent-protocol", message, {
    remedy: `${testedVersion} is the version that was tested: npm install -g @openai/codex@${testedVersion}.`,
  });
}

/** Nobody has logged in to OpenAI. */
export function notLoggedIn(): SignalboxError<BackendErrorCode> {
  return new SignalboxError("auth", "Codex is not logged in to OpenAI.", {
    remedy:
      "Run `codex login` as the user of the daemon, set CODEX_API_KEY, or name a `model_provider`.",
  });
}

/** The host has changed its mind. */
export function stoppedBeforeReady(): SignalboxError<BackendErrorCode> {
  const message = "Codex was stopped before it was ready.";
  return new SignalboxError("internal", message, { retryable: true });
}
