import { RequestError } from "@agentclientprotocol/sdk";
import { type BackendErrorCode, SignalboxError } from "@signalbox/contracts";
import type { ProcessExit } from "@signalbox/process";
import * as v from "valibot";
import { failureOf } from "./failure-of.ts";

interface StartFacts {
  /** How the agent has ended; `null` where it had not. */
  readonly exit: ProcessExit | null;
  /** The limit that it has missed; `null` where it has not. */
  readonly timeoutMs: number | null;
  readonly lastError: string | null;
  readonly redact: (text: string) => string;
}

const byHand = "Run the agent by hand to see what is wrong.";

/** Why there is no session, as a backend says it. */
export function startFailure(error: unknown, facts: StartFacts): unknown {
  const { exit, timeoutMs, lastError, redact } = facts;
  if (timeoutMs !== null) {
    return failure("startup-timed-out", `The agent was not ready within ${timeoutMs} ms.`, true);
  }
  if (exit !== null) {
    if (exit.stoppedBy !== null) {
      return failure("internal", "The agent was stopped before it was ready.", true);
    }
    const { code, signal } = exit;
    const how = code === null ? `was ended by ${signal ?? "a signal"}` : `exited with code ${code}`;
    const why = lastError === null ? "." : `: ${lastError}`;
    return failure("agent-exit", `The agent ${how} before it was ready${why}`, true, byHand);
  }
  if (SignalboxError.isInstance(error)) {
    return new SignalboxError(error.code, redact(error.message), {
      retryable: error.retryable,
      ...(error.remedy === null ? {} : { remedy: error.remedy }),
    });
  }
  if (error instanceof RequestError) {
    const meaning = failureOf(error, "");
    return meaning.kind === "failed"
      ? failure(meaning.code, redact(meaning.message), meaning.retryable, byHand)
      : failure("overloaded", "The agent has no quota left to begin with.", true);
  }
  if (v.isValiError(error)) {
    const message = "The agent's answer to session/new has no session id";
    return failure("agent-protocol", message, false, byHand);
  }
  return error;
}

function failure(
  code: BackendErrorCode,
  message: string,
  retryable: boolean,
  remedy?: string,
): SignalboxError<BackendErrorCode> {
  return new SignalboxError(code, message, {
    retryable,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
