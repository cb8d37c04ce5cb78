import type { FailureCode } from "@signalbox/contracts";
import * as v from "valibot";
import { EndlessAnswer } from "./bounded-fetch.ts";
import { type RateLimits, rateLimitsOf } from "./rate-limits.ts";

/** Why a request brought no reply. */
export type ApiFailure =
  | {
      readonly kind: "failed";
      readonly code: FailureCode;
      /** Whether the same request may succeed a little later. */
      readonly retryable: boolean;
      readonly message: string;
      /** What the API asks to wait, where it does. */
      readonly retryAfterMs: number | null;
    }
  | { readonly kind: "rate-limited"; readonly limits: RateLimits; readonly message: string }
  | { readonly kind: "too-long"; readonly message: string };

/** What the SDK's errors have in common, without loading the SDK. */
const apiError = v.looseObject({
  message: v.fallback(v.string(), ""),
  status: v.fallback(v.optional(v.number()), undefined),
  type: v.fallback(v.nullish(v.string()), null),
  apiMessage: v.fallback(v.nullish(v.string()), null),
  requestID: v.fallback(v.nullish(v.string()), null),
  headers: v.fallback(v.optional(v.instance(Headers)), undefined),
});

const tooLong =
  /prompt is too long|exceeds? the (?:maximum|model'?s?) (?:context|allowed)|context (?:window|length|limit)/i;
const noCredit = /credit balance|billing/i;
const maxMessage = 500;

/** @param now epoch milliseconds */
export function apiFailureOf(error: unknown, now: number): ApiFailure {
  if (isEndless(error)) {
    return failed("agent-protocol", false, "The answer has no end", messageOf(error));
  }
  const parsed = v.safeParse(apiError, error);
  if (!parsed.success) return failed("transport", true, "The connection broke", messageOf(error));
  const { status, requestID, headers = new Headers() } = parsed.output;
  const said = parsed.output.apiMessage ?? parsed.output.message;
  const detail = clip(said) + (requestID ? ` (request ${requestID})` : "");
  const limits = rateLimitsOf(headers, now);
  const known = ofKind(status, parsed.output.type ?? "", said, detail);
  if (known === "rate-limited") return { kind: known, limits, message: detail };
  return known.kind === "failed" ? { ...known, retryAfterMs: limits.retryAfterMs } : known;
}

function ofKind(
  status: number | undefined,
  type: string,
  said: string,
  detail: string,
): Exclude<ApiFailure, { kind: "rate-limited" }> | "rate-limited" {
  if (status === 413 || tooLong.test(said)) return { kind: "too-long", message: detail };
  if (status === 402 || type === "billing_error" || (status === 400 && noCredit.test(said)))
    return failed("billing", false, "The account cannot pay for this request", detail);
  if (status === 429 || type === "rate_limit_error") return "rate-limited";
  if (status === 529 || type === "overloaded_error")
    return failed("overloaded", true, "The model is overloaded", detail);
  if (status === 401 || type === "authentication_error")
    return failed("auth", false, "The API does not accept the key", detail);
  if (status === 403 || type === "permission_error")
    return failed("auth", false, "The API does not allow this request with this key", detail);
  if (status === 404 || type === "not_found_error")
    return failed("setup", false, "The API does not know the model, or is not at this URL", detail);
  if (status === undefined) return failed("transport", true, "The connection broke", detail);
  if (status >= 500 || status === 408 || status === 409)
    return failed("transport", true, "The API failed", detail);
  return failed("agent-error", false, "The API refused the request", detail);
}

function failed(
  code: FailureCode,
  retryable: boolean,
  what: string,
  detail: string,
): Extract<ApiFailure, { kind: "failed" }> {
  return { kind: "failed", code, retryable, message: `${what}: ${detail}`, retryAfterMs: null };
}

function isEndless(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof EndlessAnswer) return true;
  }
  return false;
}

function messageOf(error: unknown): string {
  return clip(error instanceof Error ? error.message : String(error));
}

function clip(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= maxMessage ? line : `${line.slice(0, maxMessage - 1)}…`;
}
