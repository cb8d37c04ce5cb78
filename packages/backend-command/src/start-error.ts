import { type BackendErrorCode, SignalboxError } from "@signalbox/contracts";

/** Why the program could not be started, as a backend says it. Anything unexpected is passed on as it is. */
export function startError(error: unknown): unknown {
  if (!SignalboxError.isInstance(error)) return error;
  return new SignalboxError<BackendErrorCode>(startErrorCode(error), error.message, {
    retryable: error.retryable,
    ...(error.remedy === null ? {} : { remedy: error.remedy }),
    cause: error,
  });
}

export function startErrorCode(error: SignalboxError): "agent-not-found" | "spawn" {
  return error.code === "process_not_found" || error.code === "process_not_executable"
    ? "agent-not-found"
    : "spawn";
}
