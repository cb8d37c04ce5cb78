import { SignalboxError } from "@signalbox/contracts";
import type { ErrorDetails, TrackerErrorCode } from "@signalbox/contracts";

/** What this adapter throws. `code` is typed, so that a misspelt one does not compile. */
export function trackerError(
  code: TrackerErrorCode,
  message: string,
  details: ErrorDetails = {},
): SignalboxError<TrackerErrorCode> {
  return new SignalboxError(code, message, details);
}

/** What Linear answered beside data: the status, and the first error with its type. */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  readonly message: string;
  /** `extensions.type` and `extensions.code`, lower-cased. */
  readonly kinds: readonly string[];
  readonly retryAfterMs: number | null;
}

/**
 * An error that Linear answered with. Rate limits arrive as HTTP 400 with the code `RATELIMITED`, so that the type
 * counts before the status.
 */
export class LinearRefusal extends SignalboxError<TrackerErrorCode> {
  /** The write was understood and declined: nothing of it happened, or it had happened before. */
  readonly isDeclined: boolean;

  constructor(action: string, refusal: Refusal) {
    const code = codeOf(refusal);
    super(code, `Linear refused ${action}: ${refusal.message}`, detailsOf(code, refusal));
    this.isDeclined = code === "tracker_status" && !this.retryable;
  }
}

function codeOf({ status, kinds }: Refusal): TrackerErrorCode {
  const has = (...names: readonly string[]): boolean => names.some((name) => kinds.includes(name));
  if (has("ratelimited", "rate limited") || status === 429) return "tracker_rate_limited";
  if (has("authentication error", "authentication_error", "forbidden")) return "tracker_auth";
  if (status === 401 || status === 403) return "tracker_auth";
  if (has("graphql error", "graphql_validation_failed", "graphql_parse_failed"))
    return "tracker_payload";
  return "tracker_status";
}

function detailsOf(code: TrackerErrorCode, { status, kinds, retryAfterMs }: Refusal): ErrorDetails {
  if (code === "tracker_rate_limited") {
    return { retryable: true, retryAfterMs: retryAfterMs ?? defaultWaitMs };
  }
  if (code === "tracker_auth") {
    const isForbidden = status === 403 || kinds.includes("forbidden");
    return { remedy: isForbidden ? remedies.scope : remedies.token };
  }
  if (code === "tracker_payload") return { remedy: remedies.version };
  const isPassing = status >= 500 || passing.some((kind) => kinds.includes(kind));
  const wait = retryAfterMs === null ? {} : { retryAfterMs };
  return isPassing ? { retryable: true, ...wait } : {};
}

const remedies = {
  scope:
    "Give the token a scope that allows this (read, write; app:assignable for agent sessions) and access to the team.",
  token:
    "Set api_key to a personal API key of Linear, or token to an OAuth access token that has not expired.",
  version: "Install the version of @signalbox/tracker-linear that knows this API.",
} as const;

const passing = [
  "internal error",
  "internal_server_error",
  "lock timeout",
  "network error",
  "bootstrap error",
];

/** How long a rate limit is waited for where Linear does not say, milliseconds. */
const defaultWaitMs = 60_000;
