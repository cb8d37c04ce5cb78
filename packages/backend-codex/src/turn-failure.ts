import type { FailureCode, TurnOutcome } from "@signalbox/contracts";
import type { TurnError } from "./app-server-message.ts";

/** What else is known of the account when a turn fails. */
export interface AccountFacts {
  readonly pool: string;
  /** Epoch milliseconds. */
  readonly resetsAt: number | null;
}

const maxMessageCharacters = 2_000;

/** What the error that a turn failed with means. */
export function turnFailure(error: TurnError | null, account: AccountFacts): TurnOutcome {
  if (error === null) return failed(passing("agent-error"), "Codex says that the turn failed.");
  const message = messageOf(error);
  if (error.kind === "sessionBudgetExceeded") {
    return { kind: "budget-exhausted", budget: message };
  }
  // Codex has one word for a plan that is used up and for an account that has to be paid for.
  if (/^Quota exceeded\b|billing/i.test(message)) return failed(final("billing"), message);
  if (isQuota(error)) return { kind: "quota-exhausted", ...account };
  return failed(failureOf(error), message);
}

/** Whether waiting is all that helps. */
export function isQuota({ kind, httpStatus }: TurnError): boolean {
  return kind === "usageLimitExceeded" || kind === "rateLimitExceeded" || httpStatus === 429;
}

interface Failure {
  readonly code: FailureCode;
  readonly retryable: boolean;
}

function failureOf({ kind, httpStatus, message }: TurnError): Failure {
  if (httpStatus === 401 || httpStatus === 403) return final("auth");
  if (httpStatus !== null && httpStatus >= 500) return passing("overloaded");
  switch (kind ?? "") {
    case "unauthorized":
      return final("auth");
    case "modelNotFound":
      return final("setup");
    case "contextWindowExceeded":
      return final("context-too-long");
    case "serverOverloaded":
    case "internalServerError":
    case "policyCapacityUnavailable":
    case "flexUnavailable":
      return passing("overloaded");
    case "httpConnectionFailed":
    case "responseStreamConnectionFailed":
    case "responseStreamDisconnected":
    case "responseTooManyFailedAttempts":
      return passing("transport");
    case "badRequest":
    case "cyberPolicy":
    case "misalignmentPolicyViolation":
    case "inferenceHookDenied":
      return final("agent-error");
    default:
      break;
  }
  if (message.startsWith("Missing environment variable")) return final("auth");
  if (/^stream disconnected|error sending request/.test(message)) return passing("transport");
  return passing("agent-error");
}

/** Trying again changes nothing. */
function final(code: FailureCode): Failure {
  return { code, retryable: false };
}

function passing(code: FailureCode): Failure {
  return { code, retryable: true };
}

function failed({ code, retryable }: Failure, message: string): TurnOutcome {
  return { kind: "failed", code, retryable, message };
}

function messageOf({ message, details, kind }: TurnError): string {
  const said = [message, details ?? ""].filter((text) => text.trim() !== "");
  const text = said.length === 0 ? `Codex ended the turn: ${kind ?? "failed"}` : said.join("\n");
  return text.length <= maxMessageCharacters ? text : `${text.slice(0, maxMessageCharacters - 1)}…`;
}
