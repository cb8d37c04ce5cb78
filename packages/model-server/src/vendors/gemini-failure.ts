import type { Failure } from "../reply.ts";
import type { ErrorAnswer } from "./vendor.ts";

const googleType = "type.googleapis.com/google.rpc";

/** The status, words and details with which the Gemini API fails. */
export function toGeminiFailure(failure: Failure, model: string): ErrorAnswer {
  const [code, status, message] = kindOf(failure, model);
  return {
    status: code,
    headers: {},
    body: {
      error: { code, message: failure.message ?? message, status, details: detailsOf(failure) },
    },
  };
}

function kindOf(
  { reason }: Failure,
  model: string,
): readonly [code: number, status: string, message: string] {
  switch (reason) {
    case "rate-limit":
    case "quota":
      return [
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota, please check your plan and billing details.",
      ];
    case "billing":
      return [403, "PERMISSION_DENIED", "This API method requires billing to be enabled."];
    case "unauthorized":
      return [400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."];
    case "overloaded":
      return [503, "UNAVAILABLE", "The model is overloaded. Please try again later."];
    case "server-error":
      return [500, "INTERNAL", "An internal error has occurred."];
    case "context-exceeded":
      return [
        400,
        "INVALID_ARGUMENT",
        "The input token count (1148576) exceeds the maximum number of tokens allowed (1048576).",
      ];
    case "unknown-model":
      return [404, "NOT_FOUND", `models/${model} is not found for API version v1beta.`];
    case "invalid":
      return [400, "INVALID_ARGUMENT", "The request is not valid."];
    case "too-large":
      return [413, "INVALID_ARGUMENT", "Request payload size exceeds the limit."];
  }
}

function detailsOf({ reason, resetSeconds }: Failure): readonly object[] {
  const details: object[] = [];
  if (reason === "unauthorized") {
    details.push({ "@type": `${googleType}.ErrorInfo`, reason: "API_KEY_INVALID" });
  }
  if (reason === "quota") {
    const quotaId = "GenerateRequestsPerDayPerProjectPerModel";
    details.push({ "@type": `${googleType}.QuotaFailure`, violations: [{ quotaId }] });
  }
  if (resetSeconds !== undefined) {
    details.push({ "@type": `${googleType}.RetryInfo`, retryDelay: `${resetSeconds}s` });
  }
  return details;
}
