import { SignalboxError } from "@signalbox/contracts";
import type { ErrorDetails, TrackerErrorCode } from "@signalbox/contracts";

export function trackerError(
  code: TrackerErrorCode,
  message: string,
  details: ErrorDetails,
): SignalboxError<TrackerErrorCode> {
  return new SignalboxError(code, message, details);
}

/** What went wrong in a reply: GitLab's words are clipped, and secrets taken out of them. */
export interface FailedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly message: string;
}

/** Keeps the status beside the port's error, for those that know what a 404 means here. */
export class StatusFailure extends SignalboxError<TrackerErrorCode> {
  readonly status: number;

  constructor(status: number, code: TrackerErrorCode, message: string, details: ErrorDetails) {
    super(code, message, details);
    this.status = status;
  }
}

/** A reply that is no success and says nothing about a limit. `what` names the request: `GET /projects/7/issues`. */
export function statusError(
  { status, message }: FailedReply,
  what: string,
  retryAfterMs: number | null,
): StatusFailure {
  const said = `GitLab answered ${what} with ${status}${message === "" ? "" : `: ${message}`}`;
  if (status === 401) {
    return new StatusFailure(status, "tracker_auth", said, {
      remedy: "Give `tracker.provider.token` a token that GitLab still knows.",
    });
  }
  if (status === 403) {
    return new StatusFailure(status, "tracker_auth", said, {
      remedy: "Give the token the scope `api`, and its account the role Reporter or a higher one.",
    });
  }
  if (status >= 300 && status < 400) {
    return new StatusFailure(status, "tracker_config", `${said}: it is elsewhere by now`, {
      remedy:
        "Write the project's new path, and the address that GitLab itself uses as `endpoint`.",
    });
  }
  if (status === 404 || status === 410) {
    return new StatusFailure(status, "tracker_status", said, {
      remedy: "Look whether it is still there, and whether the token may see it.",
    });
  }
  return new StatusFailure(status, "tracker_status", said, {
    // 409: somebody else was writing.
    retryable: status >= 500 || status === 409,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    remedy:
      status >= 500
        ? "Wait: GitLab has trouble; of gitlab.com, status.gitlab.com says more."
        : "Look at what GitLab says, and correct `tracker.provider`.",
  });
}

/** A reply that is not what GitLab's documentation of its API says. */
export function payloadError(what: string, detail: string): SignalboxError<TrackerErrorCode> {
  return trackerError("tracker_payload", `the answer to ${what} cannot be used: ${detail}`, {
    remedy:
      "Look whether `tracker.provider.endpoint` is a GitLab, without a proxy that rewrites its answers.",
  });
}

export function paginationError(what: string, detail: string): SignalboxError<TrackerErrorCode> {
  return trackerError("tracker_pagination", `the pages of ${what} cannot be followed: ${detail}`, {
    retryable: true,
    remedy: "Try again; if it stays, look for a proxy that changes `Link` and `X-Next-Page`.",
  });
}

/** A connection that failed, broke, or took too long. */
export function transportError(
  what: string,
  detail: string,
  cause?: unknown,
): SignalboxError<TrackerErrorCode> {
  return trackerError("tracker_transport", `${what} failed: ${detail}`, {
    retryable: true,
    remedy: "Look at the network, the proxy and `tracker.provider.endpoint`.",
    cause,
  });
}
