import { SignalboxError } from "@signalbox/contracts";
import type { TrackerErrorCode } from "@signalbox/contracts";
import { boundedText, ReplyTooLarge } from "./bounded-text.ts";
import { payloadError, statusError, trackerError, transportError } from "./gitlab-error.ts";
import type { FailedReply } from "./gitlab-error.ts";
import { rateLimitOf, retryAfterMs, usedUpMs } from "./rate-limit.ts";
import { Redaction } from "./redaction.ts";
import type { Reply } from "./reply.ts";
import { Pace } from "./turns.ts";

type Value = string | number | boolean;
/** Lists are written as GitLab wants them: `iids[]=1&iids[]=2`. */
export type Query = Readonly<Record<string, Value | readonly Value[]>>;
export type Body = Readonly<Record<string, Value | readonly Value[]>>;

export interface GitlabClientOptions {
  /** Root of the REST API, with its version. */
  readonly api: string;
  readonly token: string;
  /** Never in an error, beside the token. */
  readonly otherSecrets?: readonly (string | undefined)[];
  /** Limit of one request, its reply included, in milliseconds. */
  readonly timeoutMs: number;
  /** Distance between the starts of two writes, in milliseconds. */
  readonly writeIntervalMs: number;
  readonly fetch: typeof globalThis.fetch;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

interface Order {
  readonly method: "GET" | "POST" | "PUT";
  /** Below the root of the API. */
  readonly path: string;
  readonly query: Query;
  readonly body: Body | null;
}

const maxReplyBytes = 32 * 1_048_576;

/**
 * GitLab's REST API with what every request needs: a time limit, a bound on the reply, limits that are waited for by
 * everybody, errors of the port without secrets. Nothing is tried twice; redirects are not followed, so that the token
 * stays with the endpoint.
 */
export class GitlabClient {
  readonly #options: GitlabClientOptions;
  readonly #redaction: Redaction;
  readonly #writes: Pace;
  /** Epoch milliseconds until which GitLab wants no request. */
  #quietUntil = 0;
  #quietWhy = "";

  constructor(options: GitlabClientOptions) {
    this.#options = options;
    this.#redaction = new Redaction([options.token, ...(options.otherSecrets ?? [])]);
    this.#writes = new Pace(options.writeIntervalMs);
  }

  async get(path: string, query: Query, signal: AbortSignal): Promise<Reply> {
    return this.#send({ method: "GET", path, query, body: null }, signal);
  }

  /** Writes go out one by one. A failed one may have landed: it is never sent again by itself. */
  async write(
    method: "POST" | "PUT",
    path: string,
    body: Body,
    signal: AbortSignal,
  ): Promise<Reply> {
    return this.#writes.take(signal, () => this.#send({ method, path, query: {}, body }, signal));
  }

  async #send(order: Order, signal: AbortSignal): Promise<Reply> {
    signal.throwIfAborted();
    const what = this.#redaction.clean(`${order.method} ${order.path}`);
    this.#refuseWhileQuiet(what);
    const limit = AbortSignal.timeout(this.#options.timeoutMs);
    try {
      const response = await this.#fetch(order, AbortSignal.any([signal, limit]));
      const text = await boundedText(response, maxReplyBytes);
      const headers = Object.fromEntries(response.headers);
      this.#keepQuiet(usedUpMs(headers, this.#options.now()), "the limit of requests is used up");
      if (response.ok) return { headers, data: parse(text, what) };
      const message = this.#redaction.clean(messageOf(text));
      throw this.#failure({ status: response.status, headers, message }, what);
    } catch (error) {
      signal.throwIfAborted();
      if (SignalboxError.isInstance(error)) throw error;
      if (limit.aborted) throw transportError(what, `no answer in ${this.#options.timeoutMs} ms`);
      if (error instanceof ReplyTooLarge) throw payloadError(what, error.message);
      const cause = this.#redaction.cause(error);
      throw transportError(what, cause.message, cause);
    }
  }

  async #fetch({ method, path, query, body }: Order, signal: AbortSignal): Promise<Response> {
    const url = new URL(`${this.#options.api}${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (typeof value !== "object") url.searchParams.append(name, String(value));
      else for (const one of value) url.searchParams.append(`${name}[]`, String(one));
    }
    return this.#options.fetch(url.href, {
      method,
      headers: {
        accept: "application/json",
        authorization: `Bearer ${this.#options.token}`,
        "user-agent": "signalbox",
        ...(body === null ? {} : { "content-type": "application/json" }),
      },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
      redirect: "manual",
      signal,
    });
  }

  #failure(reply: FailedReply, what: string): SignalboxError<TrackerErrorCode> {
    const now = this.#options.now();
    const limit = rateLimitOf(reply, now);
    if (limit === null) return statusError(reply, what, retryAfterMs(reply.headers, now));
    const clamped = limit.isClamped ? "; it names a later time, which is clamped to an hour" : "";
    const why = `its rate limit was reached${clamped}`;
    if (limit.isGitlabs) this.#keepQuiet(limit.waitMs, why);
    return limited(what, limit.waitMs, why);
  }

  #keepQuiet(forMs: number, why: string): void {
    const until = this.#options.now() + forMs;
    if (forMs <= 0 || until <= this.#quietUntil) return;
    this.#quietUntil = until;
    this.#quietWhy = why;
  }

  #refuseWhileQuiet(what: string): void {
    const leftMs = this.#quietUntil - this.#options.now();
    // A clock that was set back must not silence us for longer than any limit lasts.
    if (leftMs > 3_600_000) this.#quietUntil = 0;
    else if (leftMs > 0) throw limited(what, leftMs, this.#quietWhy);
  }
}

function limited(what: string, waitMs: number, why: string): SignalboxError<TrackerErrorCode> {
  const message = `GitLab takes no ${what} for ${Math.ceil(waitMs / 1_000)} s: ${why}`;
  return trackerError("tracker_rate_limited", message, {
    retryable: true,
    retryAfterMs: waitMs,
    remedy: "Wait; poll less often, or give the daemon a token of its own.",
  });
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says quotes the text, which may hold anything.
    throw payloadError(what, "it is no JSON");
  }
}

/** GitLab says `message` or `error`, as a text or by field; its limits are plain text. */
function messageOf(text: string): string {
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data !== "object" || data === null) return "";
    const said = "message" in data ? data.message : "error" in data ? data.error : "";
    const details = "error_description" in data ? ` ${JSON.stringify(data.error_description)}` : "";
    return (typeof said === "string" ? said : JSON.stringify(said)) + details;
  } catch {
    // An error page of a proxy says nothing that is worth its length.
    return text.trimStart().startsWith("<") ? "" : text.trim();
  }
}
