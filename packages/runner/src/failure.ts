import {
  isDiskFull,
  SignalboxError,
  type FailureCode,
  type RunOutcome,
} from "@signalbox/contracts";

const maxMessageCharacters = 2_000;

/** Errors of the ports that say by their code alone what kind of failure they are. */
const failureCodes: ReadonlyMap<string, FailureCode> = new Map<string, FailureCode>([
  ["agent-error", "agent-error"],
  ["agent-exit", "agent-exit"],
  ["agent-not-found", "agent-not-found"],
  ["agent-protocol", "agent-protocol"],
  ["auth", "auth"],
  ["billing", "billing"],
  ["overloaded", "overloaded"],
  ["context-too-long", "context-too-long"],
  ["transport", "transport"],
  ["spawn", "spawn"],
  ["workspace", "workspace"],
  ["hook", "hook"],
  ["prompt", "prompt"],
  ["internal", "internal"],
  ["setup", "setup"],
  ["hook_failed", "hook"],
  ["hook_timed_out", "hook"],
  ["process_not_found", "agent-not-found"],
  ["plugin_not_found", "agent-not-found"],
  ["workspace_config", "setup"],
  ["containment_unavailable", "setup"],
]);

/** All other codes of one port, by what they begin with. */
const failureCodesByPrefix: readonly (readonly [prefix: string, code: FailureCode])[] = [
  ["workspace_", "workspace"],
  ["template_", "prompt"],
  ["process_", "spawn"],
];

/**
 * How a run ended that an error has ended. An error that is not a `SignalboxError` is a defect, of a plugin or of
 * ours: `internal`, and retryable, since the limit of failures bounds it. A disk that is full before the agent has
 * begun (`stage`) is nobody's fault: `setup`.
 */
export function toFailure(
  error: unknown,
  startupTimeoutMs: number,
  stage: "starting" | "working",
): RunOutcome {
  if (stage === "starting" && isDiskFull(error)) {
    const message = `The disk is full: ${messageOf(error)}`;
    return { kind: "failed", code: "setup", retryable: true, message: clip(message) };
  }
  if (!SignalboxError.isInstance(error)) {
    return { kind: "failed", code: "internal", retryable: true, message: clip(messageOf(error)) };
  }
  if (error.code === "startup-timed-out") {
    return { kind: "timed-out", limit: "startup", limitMs: startupTimeoutMs };
  }
  const message = error.remedy === null ? error.message : `${error.message} ${error.remedy}`;
  return {
    kind: "failed",
    code: failureCodeOf(error.code),
    retryable: error.retryable,
    message: clip(message),
  };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function failureCodeOf(code: string): FailureCode {
  const exact = failureCodes.get(code);
  if (exact !== undefined) return exact;
  return failureCodesByPrefix.find(([prefix]) => code.startsWith(prefix))?.[1] ?? "internal";
}

function clip(message: string): string {
  return message.length <= maxMessageCharacters
    ? message
    : `${message.slice(0, maxMessageCharacters - 1)}…`;
}
