import { SignalboxError } from "@signalbox/contracts";
import type { TrackerErrorCode } from "@signalbox/contracts";
import { boundedText, ReplyTooLarge } from "./bounded-text.ts";
import { payloadError, statusError, trackerError, transportError } from "./jira-error.ts";
import type { FailedReply } from "./jira-error.ts";
import { messageOf } from "./error-message.ts";
import { rateLimitOf, retryAfterMs, usedUpMs } from "./rate-limit.ts";
import { Redaction } from "./redaction.ts";
import type { Reply } from "./reply.ts";
import { Pace } from "./turns.ts";

export type Query = Readonly<Record<string, string | number>>;
export type Body = Readonly<Record<string, unknown>>;

export interface JiraClientOptions {
  /** The instance's own address, without the path of its API. */
  readonly root: string;
  readonly token: string;
  /** `null`: the token is a bearer's. */
  readonly email: string | null;
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
  /** Below the root. */
  readonly path: string;
  readonly query: Query;
  readonly body: Body | null;
}

interface Quiet {
  /** Epoch milliseconds until which Jira wants no such request. */
  readonly until: number;
  readonly why: string;
}

const maxReplyBytes = 32 * 1_048_576;
const everything = "";

/**
 * Jira's REST API with what every request needs: a time limit, a bound on the reply, limits that are waited for by
 * everybody, errors of the port without secrets. Nothing is tried twice; redirects are not followed, so that the token
 * stays with the endpoint.
 */
export class JiraClient {
  readonly #options: JiraClientOptions;
  readonly #authorization: string;
  readonly #redaction: Redaction;
  readonly #writes: Pace;
  readonly #quiet = new Map<string, Quiet>();

  constructor(options: JiraClientOptions) {
    const { token, email } = options;
    const pair = Buffer.from(`${email}:${token}`, "utf8").toString("base64");
    this.#options = options;
    this.#authorization = email === null ? `Bearer ${token}` : `Basic ${pair}`;
    this.#redaction = new Redaction([token, pair, ...(options.otherSecrets ?? [])]);
    this.#writes = new Pace(options.writeIntervalMs);
  }

  async get(path: string, query: Query, signal: AbortSignal): Promise<Reply> {
    return this.#send({ method: "GET", path, query, body: null }, signal);
  }

  /** Reads what is asked for in a body: searches, and records by id. */
  async ask(path: string, query: Query, body: Body, signal: AbortSignal): Promise<Reply> {
    return this.#send({ method: "POST", path, query, body }, signal);
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
    const place = placeOf(order);
    this.#refuseWhileQuiet(what, [everything, place]);
    const limit = AbortSignal.timeout(this.#options.timeoutMs);
    try {
      const response = await this.#fetch(order, AbortSignal.any([signal, limit]));
      const text = await boundedText(response, maxReplyBytes);
      const headers = Object.fromEntries(response.headers);
      const usedUp = usedUpMs(headers, this.#options.now());
      this.#keepQuiet(everything, usedUp, "the limit of requests is used up");
      if (response.ok && !isUnknown(headers)) return { headers, data: parse(text, what) };
      const message = this.#redaction.clean(messageOf(text));
      throw this.#failure({ status: response.status, headers, message }, what, place);
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
    const url = new URL(`${this.#options.root}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.append(name, String(value));
    return this.#options.fetch(url.href, {
      method,
      headers: {
        accept: "application/json",
        authorization: this.#authorization,
        "user-agent": "signalbox",
        ...(body === null ? {} : { "content-type": "application/json" }),
      },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
      redirect: "manual",
      signal,
    });
  }

  #failure(reply: FailedReply, what: string, place: string): SignalboxError<TrackerErrorCode> {
    const now = this.#options.now();
    const limit = rateLimitOf(reply, now);
    if (limit === null && reply.status < 500 && isUnknown(reply.headers)) {
      return statusError(
        { ...reply, status: 401, message: "it does not know this login" },
        what,
        null,
      );
    }
    if (limit === null) return statusError(reply, what, retryAfterMs(reply.headers, now));
    const clamped = limit.isClamped ? "; it names a later time, which is clamped to an hour" : "";
    const why = `its rate limit was reached${clamped}`;
    if (limit.scope === "account") this.#keepQuiet(everything, limit.waitMs, why);
    if (limit.scope === "endpoint") this.#keepQuiet(place, limit.waitMs, why);
    return limited(what, limit.waitMs, why);
  }

  #keepQuiet(place: string, forMs: number, why: string): void {
    const until = this.#options.now() + forMs;
    if (forMs <= 0 || until <= (this.#quiet.get(place)?.until ?? 0)) return;
    this.#quiet.set(place, { until, why });
  }

  #refuseWhileQuiet(what: string, places: readonly string[]): void {
    for (const place of places) {
      const quiet = this.#quiet.get(place);
      const leftMs = (quiet?.until ?? 0) - this.#options.now();
      // A clock that was set back must not silence us for longer than any limit lasts.
      if (quiet === undefined || leftMs <= 0 || leftMs > 3_600_000) this.#quiet.delete(place);
      else throw limited(what, leftMs, quiet.why);
    }
  }
}

/**
 * Cloud answers a login that it does not know as it answers those who have none: with 200 and nothing, or 404. What it
 * says beside that is in this header.
 */
function isUnknown(headers: Reply["headers"]): boolean {
  const reason = headers["x-seraph-loginreason"] ?? "";
  return /AUTHENTICATED_FAILED|AUTHENTICATION_DENIED/.test(reason) && !/\bOK\b/.test(reason);
}

/** Method and endpoint, as Jira counts bursts: without what differs by record. */
function placeOf({ method, path }: Order): string {
  const words = path.split("/").map((word) => (/\d/.test(word) && word.length > 1 ? "*" : word));
  return `${method} ${words.join("/")}`;
}

function limited(what: string, waitMs: number, why: string): SignalboxError<TrackerErrorCode> {
  const message = `Jira takes no ${what} for ${Math.ceil(waitMs / 1_000)} s: ${why}`;
  return trackerError("tracker_rate_limited", message, {
    retryable: true,
    retryAfterMs: waitMs,
    remedy: "Wait; poll less often, or give the daemon an account of its own.",
  });
}

/** Some writes are answered with nothing. */
function parse(text: string, what: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says quotes the text, which may hold anything.
    throw payloadError(what, "it is no JSON");
  }
}
