import type { Failure } from "../reply.ts";
import { identifier } from "./identifier.ts";
import { resetAt, type ErrorAnswer } from "./vendor.ts";

interface Kind {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
}

/** The status, type, code and words with which the Responses API fails. */
export function toOpenaiFailure(failure: Failure, model: string): ErrorAnswer {
  const { status, ...error } = kindOf(failure, model);
  const quota =
    failure.reason === "quota"
      ? {
          plan_type: "plus",
          ...(failure.resetSeconds === undefined
            ? {}
            : {
                resets_at: resetAt(failure.resetSeconds),
                resets_in_seconds: failure.resetSeconds,
              }),
        }
      : {};
  return {
    status,
    headers: { "x-request-id": identifier("req"), ...limitHeaders(failure) },
    body: {
      error: { ...error, message: failure.message ?? error.message, param: null, ...quota },
    },
  };
}

function kindOf({ reason, resetSeconds }: Failure, model: string): Kind {
  switch (reason) {
    case "rate-limit": {
      const wait = resetSeconds === undefined ? "" : ` Please try again in ${resetSeconds}s.`;
      return {
        status: 429,
        type: "requests",
        code: "rate_limit_exceeded",
        message: `Rate limit reached for ${model}.${wait}`,
      };
    }
    case "quota":
      return {
        status: 429,
        type: "usage_limit_reached",
        code: null,
        message: "The usage limit has been reached",
      };
    case "billing":
      return {
        status: 429,
        type: "insufficient_quota",
        code: "insufficient_quota",
        message: "You exceeded your current quota, please check your plan and billing details.",
      };
    case "unauthorized":
      return {
        status: 401,
        type: "invalid_request_error",
        code: "invalid_api_key",
        message: "Incorrect API key provided.",
      };
    case "overloaded":
      return {
        status: 503,
        type: "server_error",
        code: "server_is_overloaded",
        message: "Our servers are currently overloaded. Please try again later.",
      };
    case "server-error":
      return {
        status: 500,
        type: "server_error",
        code: null,
        message: "The server had an error while processing your request.",
      };
    case "context-exceeded":
      return {
        status: 400,
        type: "invalid_request_error",
        code: "context_length_exceeded",
        message: "Your input exceeds the context window of this model.",
      };
    case "unknown-model":
      return {
        status: 404,
        type: "invalid_request_error",
        code: "model_not_found",
        message: `The model '${model}' does not exist or you do not have access to it.`,
      };
    case "invalid":
      return {
        status: 400,
        type: "invalid_request_error",
        code: null,
        message: "The request is not valid.",
      };
    case "too-large":
      return {
        status: 413,
        type: "invalid_request_error",
        code: null,
        message: "Request body is too large.",
      };
  }
}

function limitHeaders({ reason, resetSeconds }: Failure): Readonly<Record<string, string>> {
  if (resetSeconds === undefined) return {};
  return {
    "retry-after": `${resetSeconds}`,
    ...(reason === "quota" ? quotaHeaders(100, resetSeconds) : {}),
  };
}

/** What the service says to Codex about the quota of a subscription. */
export function quotaHeaders(
  percent: number,
  resetSeconds: number,
): Readonly<Record<string, string>> {
  return {
    "x-codex-primary-used-percent": `${percent}`,
    "x-codex-primary-window-minutes": "300",
    "x-codex-primary-reset-at": `${resetAt(resetSeconds)}`,
  };
}
