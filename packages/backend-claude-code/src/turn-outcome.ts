import type { FailureCode, TurnOutcome } from "@signalbox/contracts";
import type { RateLimitInfo, ResultMessage } from "./stream-message.ts";

/** What else is known of a turn when its result comes. */
export interface TurnFacts {
  readonly pool: string;
  /** The last error that Claude Code told in the model's place. */
  readonly error: string | null;
  /** What the refused request said of the limit. */
  readonly refusal: RateLimitInfo | null;
}

const maxMessageCharacters = 2_000;

/** What a result means. Only one that says success in every way is a success. */
export function turnOutcome(result: ResultMessage, facts: TurnFacts): TurnOutcome {
  const { is_error, subtype, terminal_reason } = result;
  const isCompleted = terminal_reason === null || terminal_reason === "completed";
  if (!is_error && subtype === "success" && isCompleted) return { kind: "succeeded" };
  if (subtype === "error_max_budget_usd") {
    return { kind: "budget-exhausted", budget: messageOf(result) };
  }
  if (result.api_error_status === 429 || facts.error === "rate_limit") {
    const resetsAt = facts.refusal?.resetsAt ?? null;
    return {
      kind: "quota-exhausted",
      pool: facts.pool,
      resetsAt: resetsAt === null ? null : resetsAt * 1000,
    };
  }
  const { code, retryable } = failureOf(result, facts.error);
  const message = messageOf(result);
  // Its own words ("Please run /login") are for somebody who sits before it.
  const advised = code === "auth" ? `${message}. ${loginAdvice}` : message;
  return { kind: "failed", code, retryable, message: advised };
}

const loginAdvice =
  "Log in with `claude /login` as the daemon's user, or set ANTHROPIC_API_KEY to a key that is valid.";

interface Failure {
  readonly code: FailureCode;
  readonly retryable: boolean;
}

function failureOf(result: ResultMessage, error: string | null): Failure {
  if (result.terminal_reason === "prompt_too_long") return final("context-too-long");
  const status = result.api_error_status;
  if (status === 529) return passing("overloaded");
  switch (error ?? "") {
    case "authentication_failed":
    case "oauth_org_not_allowed":
      return final("auth");
    case "billing_error":
      return final("billing");
    case "overloaded":
      return passing("overloaded");
    case "server_error":
      return passing(status === null || status < 500 ? "transport" : "overloaded");
    case "model_not_found":
      return final("setup");
    case "invalid_request":
      return final("agent-error");
    default:
      return status === 401 || status === 403 ? final("auth") : passing("agent-error");
  }
}

/** Trying again changes nothing. */
function final(code: FailureCode): Failure {
  return { code, retryable: false };
}

function passing(code: FailureCode): Failure {
  return { code, retryable: true };
}

function messageOf({ result, errors, terminal_reason, subtype }: ResultMessage): string {
  const said = [...(result === null ? [] : [result]), ...errors].filter((text) => text !== "");
  const text =
    said.length === 0
      ? `Claude Code ended the turn: ${terminal_reason ?? subtype}`
      : said.join("\n");
  return text.length <= maxMessageCharacters ? text : `${text.slice(0, maxMessageCharacters - 1)}…`;
}
