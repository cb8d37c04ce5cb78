import { SignalboxError } from "@signalbox/contracts";
import type { ErrorDetails, TrackerErrorCode } from "@signalbox/contracts";

export function trackerError(
  code: TrackerErrorCode,
  message: string,
  details: ErrorDetails,
): SignalboxError<TrackerErrorCode> {
  return new SignalboxError(code, message, details);
}

/** What went wrong in a reply: GitHub's words are clipped, and secrets taken out of them. */
export interface FailedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly message: string;
}

/** A reply that is no success and says nothing about a limit. `what` names the request: `GET /repos/o/n/issues`. */
export function statusError(
  reply: FailedReply,
  what: string,
  retryAfterMs: number | null,
): SignalboxError<TrackerErrorCode> {
  const { status, message } = reply;
  const said = `GitHub answered ${what} with ${status}${message === "" ? "" : `: ${message}`}`;
  if (status === 401) {
    return trackerError("tracker_auth", said, {
      remedy: "Give `tracker.provider.token` a token that GitHub still knows.",
    });
  }
  if (status === 403) return trackerError("tracker_auth", said, { remedy: rightsRemedy(reply) });
  if (status === 301 || status === 307 || status === 308) {
    return trackerError("tracker_config", `${said}: the repository was renamed or transferred`, {
      remedy: "Write the repository's new name as `tracker.provider.repository`.",
    });
  }
  if (status === 404 || status === 410) {
    return trackerError("tracker_status", said, {
      remedy: "Look whether it is still there, and whether the token may see it.",
    });
  }
  return trackerError("tracker_status", said, {
    retryable: status >= 500,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    remedy:
      status >= 500
        ? "Wait: GitHub has trouble; githubstatus.com says more."
        : "Look at what GitHub says, and correct `tracker.provider`.",
  });
}

function rightsRemedy({ headers }: FailedReply): string {
  const rights = headers["x-accepted-github-permissions"] ?? headers["x-accepted-oauth-scopes"];
  return rights === undefined || rights === ""
    ? "Give the token read and write access to the repository's issues."
    : `Give the token what GitHub asks for here: ${rights}.`;
}

/** A reply that is not what GitHub's description of its API says. */
export function payloadError(what: string, detail: string): SignalboxError<TrackerErrorCode> {
  return trackerError("tracker_payload", `the answer to ${what} cannot be used: ${detail}`, {
    remedy:
      "Look whether `tracker.provider.endpoint` is GitHub's API, without a proxy that rewrites it.",
  });
}

export function paginationError(what: string, detail: string): SignalboxError<TrackerErrorCode> {
  return trackerError("tracker_pagination", `the pages of ${what} cannot be followed: ${detail}`, {
    retryable: true,
    remedy: "Try again; if it stays, look for a proxy that changes `Link` headers.",
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
