import type { SignalboxError, TrackerErrorCode } from "@signalbox/contracts";
import { ReplyTooLarge } from "./bounded-text.ts";
import { clip } from "./clip.ts";
import type { Redaction } from "./redaction.ts";
import type { FailedReply } from "./reply.ts";
import { retryAfterMs } from "./retry-after.ts";
import { StatusFailure } from "./status-failure.ts";
import { trackerError } from "./tracker-error.ts";

/** Details quote what came, which may be long. */
const longestDetail = 300;

/** What only the vendor's people understand: its name, and what to do about its refusals. */
export interface VendorWords {
  readonly name: string;
  /** After a 401. */
  readonly token: string;
  /** After a 403. */
  readonly rights: (reply: FailedReply) => string;
  /** What a redirect means; and what to do about it. */
  readonly elsewhere: string;
  readonly address: string;
  /** Who says more about an outage: `status.example.com says more`. */
  readonly outage: string;
  /** After a reply that is not what the API promises. */
  readonly payload: string;
  /** What a proxy may have changed where pages cannot be followed. */
  readonly pages: string;
}

/**
 * Errors of the port, in a vendor's words. `what` names a request without query and secrets: `GET /projects/7/issues`.
 * Texts of servers have to be clean already.
 */
export class ApiErrors {
  readonly #words: VendorWords;

  constructor(words: VendorWords) {
    this.#words = words;
  }

  /** A reply that is no success and says nothing about a limit. `now` in epoch milliseconds. */
  status(reply: FailedReply, what: string, now: number): StatusFailure {
    const { name, token, rights, elsewhere, address, outage } = this.#words;
    const { status, message } = reply;
    const said = `${name} answered ${what} with ${status}${message === "" ? "" : `: ${message}`}`;
    if (status === 401) return new StatusFailure(status, "tracker_auth", said, { remedy: token });
    if (status === 403) {
      return new StatusFailure(status, "tracker_auth", said, { remedy: rights(reply) });
    }
    if (status >= 300 && status < 400) {
      return new StatusFailure(status, "tracker_config", `${said}: ${elsewhere}`, {
        remedy: address,
      });
    }
    if (status === 404 || status === 410) {
      return new StatusFailure(status, "tracker_status", said, {
        remedy: "Look whether it is still there, and whether the token may see it.",
      });
    }
    const after = retryAfterMs(reply.headers, now);
    return new StatusFailure(status, "tracker_status", said, {
      // 409: somebody else was writing.
      retryable: status >= 500 || status === 409,
      ...(after === null ? {} : { retryAfterMs: after }),
      remedy:
        status >= 500
          ? `Wait: ${name} has trouble; ${outage}.`
          : `Look at what ${name} says, and correct \`tracker.provider\`.`,
    });
  }

  /** A reply that is not what the vendor's description of its API says. */
  payload(what: string, detail: string): SignalboxError<TrackerErrorCode> {
    const message = `the answer to ${what} cannot be used: ${clip(detail, longestDetail)}`;
    return trackerError("tracker_payload", message, { remedy: this.#words.payload });
  }

  pagination(what: string, detail: string): SignalboxError<TrackerErrorCode> {
    const message = `the pages of ${what} cannot be followed: ${detail}`;
    return trackerError("tracker_pagination", message, {
      retryable: true,
      remedy: `Try again; if it stays, look for a proxy that changes ${this.#words.pages}.`,
    });
  }

  limited(what: string, waitMs: number, why: string): SignalboxError<TrackerErrorCode> {
    const message = `${this.#words.name} takes no ${what} for ${Math.ceil(waitMs / 1_000)} s: ${why}`;
    return trackerError("tracker_rate_limited", message, {
      retryable: true,
      retryAfterMs: waitMs,
      remedy: "Wait; poll less often, or give the daemon an account of its own.",
    });
  }

  /** A connection that took too long. */
  late(what: string, limitMs: number): SignalboxError<TrackerErrorCode> {
    return transportError(what, `no answer in ${limitMs} ms`);
  }

  /** A connection that failed or broke, or that brought more than there may be. */
  broken(what: string, error: unknown, redaction: Redaction): SignalboxError<TrackerErrorCode> {
    const cause = redaction.cause(error);
    for (let inner = error; inner instanceof Error; inner = inner.cause) {
      if (inner instanceof ReplyTooLarge) return this.payload(what, cause.message);
    }
    return transportError(what, cause.message, cause);
  }
}

function transportError(
  what: string,
  detail: string,
  cause?: Error,
): SignalboxError<TrackerErrorCode> {
  return trackerError("tracker_transport", `${what} failed: ${detail}`, {
    retryable: true,
    remedy: "Look at the network, the proxy and `tracker.provider.endpoint`.",
    cause,
  });
}
