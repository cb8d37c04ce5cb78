import type { FailureReason, Reply } from "../reply.ts";
import { toNumber } from "./to-number.ts";

/** Scenarios in which the model says nothing. */
export const failures: Readonly<
  Record<string, (_: unknown, parameters: readonly string[]) => Reply>
> = {
  /** `rate-limit:SECONDS`: 429, with the headers of the reset where a number is given. */
  "rate-limit": (_, [seconds]) => failure("rate-limit", seconds),
  /** `quota:SECONDS`: 429, the subscription is used up until then. */
  quota: (_, [seconds]) => failure("quota", seconds),
  billing: () => failure("billing"),
  unauthorized: () => failure("unauthorized"),
  overloaded: () => failure("overloaded"),
  "server-error": () => failure("server-error"),
  "context-exceeded": () => failure("context-exceeded"),
  "unknown-model": () => failure("unknown-model"),
  invalid: () => failure("invalid"),
  /** The connection is reset before any header. */
  reset: () => ({ kind: "reset" }),
  /** Nothing is ever answered. */
  hang: () => ({ kind: "silence" }),
};

function failure(reason: FailureReason, seconds?: string): Reply {
  const reset = seconds === undefined ? {} : { resetSeconds: toNumber(seconds, 0) };
  return { kind: "failure", failure: { reason, ...reset } };
}
