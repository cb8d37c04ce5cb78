import { SignalboxError } from "@signalbox/contracts";
import type { ErrorDetails, TrackerErrorCode } from "@signalbox/contracts";
import { clip } from "./clip.ts";

/** Details quote what came, which may be long. */
const longestDetail = 300;

export function trackerError(
  code: TrackerErrorCode,
  message: string,
  details: ErrorDetails,
): SignalboxError<TrackerErrorCode> {
  return new SignalboxError(code, message, details);
}

/** What went wrong in a reply: Jira's words are clipped, and secrets taken out of them. */
export interface FailedReply {
  readonly status: number;
  /** Names in lower case. */
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

/** A reply that is no success and says nothing about a limit. `what` names the request: `GET /rest/api/3/myself`. */
export function statusError(
  { status, message }: FailedReply,
  what: string,
  retryAfterMs: number | null,
): StatusFailure {
  const said = `Jira answered ${what} with ${status}${message === "" ? "" : `: ${message}`}`;
  if (status === 401) {
    return new StatusFailure(status, "tracker_auth", said, {
      remedy:
        "Give `tracker.provider.token` a token that Jira still knows: on Cloud an API token with the `email` of its account, on Data Center a personal access token without one.",
    });
  }
  if (status === 403) {
    return new StatusFailure(status, "tracker_auth", said, {
      remedy:
        "Give the token's account the permissions Browse projects, Edit issues, Transition issues, Add comments, Link issues, and Browse users and groups.",
    });
  }
  if (status >= 300 && status < 400) {
    return new StatusFailure(status, "tracker_config", `${said}: it is elsewhere`, {
      remedy: "Write the address that Jira itself uses as `tracker.provider.endpoint`.",
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
        ? "Wait: Jira has trouble; of Cloud, status.atlassian.com says more."
        : "Look at what Jira says, and correct `tracker.provider`.",
  });
}

/** A reply that is not what Jira's documentation of its API says. */
export function payloadError(what: string, detail: string): SignalboxError<TrackerErrorCode> {
  const told = `the answer to ${what} cannot be used: ${clip(detail, longestDetail)}`;
  return trackerError("tracker_payload", told, {
    remedy:
      "Look whether `tracker.provider.endpoint` is a Jira, without a login page or a proxy before it.",
  });
}

export function paginationError(what: string, detail: string): SignalboxError<TrackerErrorCode> {
  return trackerError("tracker_pagination", `the pages of ${what} cannot be followed: ${detail}`, {
    retryable: true,
    remedy: "Try again; if it stays, look for a proxy that changes the answers.",
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

/** Something that is written to is not there, or no longer in the project. */
export function gone(what: string): SignalboxError<TrackerErrorCode> {
  return trackerError("tracker_status", `there is no issue ${what}`, {
    remedy: "Look whether it was deleted, or moved to another project.",
  });
}
