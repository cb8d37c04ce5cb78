import { type BackendErrorCode, SignalboxError } from "@signalbox/contracts";

/**
 * Why an agent's program could not be started, as a backend says it. What is no error of this package is passed on.
 * @param installation how to get the program: the remedy where it is not there
 */
export function agentStartError(error: unknown, installation?: string): unknown {
  if (!SignalboxError.isInstance(error) || !error.code.startsWith("process_")) return error;
  const code = agentStartErrorCode(error);
  const remedy = (code === "agent-not-found" ? installation : undefined) ?? error.remedy;
  return new SignalboxError<BackendErrorCode>(code, error.message, {
    retryable: error.retryable,
    ...(remedy === null ? {} : { remedy }),
    cause: error,
  });
}

export function agentStartErrorCode(error: SignalboxError): "agent-not-found" | "spawn" {
  return error.code === "process_not_found" || error.code === "process_not_executable"
    ? "agent-not-found"
    : "spawn";
}
