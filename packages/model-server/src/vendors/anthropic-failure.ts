import type { Failure } from "../reply.ts";
import { identifier } from "./identifier.ts";
import { resetAt, type ErrorAnswer } from "./vendor.ts";

/** The status, type and words with which the Messages API fails. */
export function toAnthropicFailure(failure: Failure, model: string): ErrorAnswer {
  const [status, type, message] = kindOf(failure, model);
  const id = identifier("req");
  return {
    status,
    headers: { "request-id": id, ...limitHeaders(failure) },
    body: {
      type: "error",
      error: { type, message: failure.message ?? message },
      request_id: id,
    },
  };
}

function kindOf(
  { reason }: Failure,
  model: string,
): readonly [status: number, type: string, message: string] {
  switch (reason) {
    case "rate-limit":
      return [429, "rate_limit_error", "This request would exceed your account's rate limit."];
    case "quota":
      return [429, "rate_limit_error", "You have reached your usage limit."];
    case "billing":
      return [
        400,
        "invalid_request_error",
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
      ];
    case "unauthorized":
      return [401, "authentication_error", "invalid x-api-key"];
    case "overloaded":
      return [529, "overloaded_error", "Overloaded"];
    case "server-error":
      return [500, "api_error", "Internal server error"];
    case "context-exceeded":
      return [400, "invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum"];
    case "unknown-model":
      return [404, "not_found_error", `model: ${model}`];
    case "invalid":
      return [400, "invalid_request_error", "The request is not valid."];
    case "too-large":
      return [413, "request_too_large", "Request exceeds the maximum size"];
  }
}

function limitHeaders({ reason, resetSeconds }: Failure): Readonly<Record<string, string>> {
  if (resetSeconds === undefined) return {};
  if (reason === "quota") {
    return {
      "retry-after": `${resetSeconds}`,
      ...quotaHeaders(100, resetSeconds),
      "anthropic-ratelimit-unified-overage-status": "rejected",
    };
  }
  const at = new Date(resetAt(resetSeconds) * 1000).toISOString();
  return {
    "retry-after": `${resetSeconds}`,
    "anthropic-ratelimit-requests-limit": "50",
    "anthropic-ratelimit-requests-remaining": "0",
    "anthropic-ratelimit-requests-reset": at,
  };
}

/** What the service says about the quota of a subscription. */
export function quotaHeaders(
  percent: number,
  resetSeconds: number,
): Readonly<Record<string, string>> {
  const status = percent >= 100 ? "rejected" : percent >= 80 ? "allowed_warning" : "allowed";
  const reset = `${resetAt(resetSeconds)}`;
  return {
    "anthropic-ratelimit-unified-status": status,
    "anthropic-ratelimit-unified-reset": reset,
    "anthropic-ratelimit-unified-representative-claim": "five_hour",
    "anthropic-ratelimit-unified-5h-status": status,
    "anthropic-ratelimit-unified-5h-reset": reset,
    "anthropic-ratelimit-unified-5h-utilization": `${percent / 100}`,
  };
}
