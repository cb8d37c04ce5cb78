import type { TurnOutcome } from "@signalbox/contracts";
import type { ApiFailure } from "./api-failure.ts";

/** How the turn ends with a request that has failed for good. */
export function failureOutcome(
  failure: Exclude<ApiFailure, { kind: "too-long" }>,
  pool: string,
  now: number,
): TurnOutcome {
  if (failure.kind === "rate-limited") {
    const { retryAfterMs, resetsAt } = failure.limits;
    return {
      kind: "quota-exhausted",
      pool,
      resetsAt: resetsAt ?? (retryAfterMs === null ? null : now + retryAfterMs),
    };
  }
  const { code, message, retryable } = failure;
  return { kind: "failed", code, retryable, message: `${message}${remedies[code] ?? ""}` };
}

const remedies: { readonly [Code in Extract<ApiFailure, { kind: "failed" }>["code"]]?: string } = {
  auth: " Check backends.claude.api_key.",
  billing: " See to the account's credit.",
  setup: " Check backends.claude.model and base_url.",
};
