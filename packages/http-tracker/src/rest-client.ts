import { SignalboxError } from "@signalbox/contracts";
import type { ApiErrors } from "./api-errors.ts";
import { boundedText } from "./bounded-text.ts";
import { Pace } from "./pace.ts";
import { QuietTimes } from "./quiet-times.ts";
import type { RateLimit } from "./rate-limit.ts";
import { Redaction } from "./redaction.ts";
import type { FailedReply, Reply, ReplyHeaders } from "./reply.ts";

/** How a vendor's API answers. Times are epoch milliseconds, headers in lower case. */
export interface RestDialect {
  readonly errors: ApiErrors;
  /** The limit that a refusal tells of; `null` where it is about something else. */
  readonly rateLimitOf: (reply: FailedReply, now: number) => RateLimit | null;
  /** How long a success asks to wait, since it used the last request up, in milliseconds; else 0. */
  readonly usedUpMs: (headers: ReplyHeaders, now: number) => number;
  /** What the body of a refusal says. */
  readonly messageOf: (text: string) => string;
  /** What a reply means that says something else by its status. Default: what it says. */
  readonly meantBy?: (reply: FailedReply) => FailedReply;
}

export interface RestClientOptions {
  /** What paths are below. */
  readonly root: string;
  /** Value of the header. */
  readonly authorization: string;
  /** Never in an error. */
  readonly secrets: readonly (string | undefined)[];
  /** Limit of one request, its reply included, in milliseconds. */
  readonly timeoutMs: number;
  /** Distance between the starts of two writes, in milliseconds. */
  readonly writeIntervalMs: number;
  readonly fetch: typeof globalThis.fetch;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface RestOrder {
  readonly method: "GET" | "POST" | "PUT";
  /** Below the root. */
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  /** Sent as JSON. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Where limits of scope `place` are met. Default: everywhere. */
  readonly place?: string;
}

const maxReplyBytes = 32 * 1_048_576;

/**
 * A REST API with what every request needs: a time limit, a bound on the reply, limits that are waited for by everybody,
 * errors of the port without secrets. Nothing is tried twice; redirects are not followed, so that the token stays with
 * the root. An aborted call rejects with the reason of its signal, at once.
 */
export class RestClient {
  readonly #dialect: RestDialect;
  readonly #options: RestClientOptions;
  readonly #redaction: Redaction;
  readonly #writes: Pace;
  readonly #quiet: QuietTimes;

  constructor(dialect: RestDialect, options: RestClientOptions) {
    this.#dialect = dialect;
    this.#options = options;
    this.#redaction = new Redaction(options.secrets);
    this.#writes = new Pace(options.writeIntervalMs);
    this.#quiet = new QuietTimes(dialect.errors, options.now);
  }

  /** Writes go out one by one. A failed one may have landed: it is never sent again by itself. */
  async write(order: RestOrder, signal: AbortSignal): Promise<Reply> {
    return this.#writes.take(signal, () => this.send(order, signal));
  }

  /** What only reads. An empty body is `null`. */
  async send(order: RestOrder, signal: AbortSignal): Promise<Reply> {
    signal.throwIfAborted();
    const { errors, usedUpMs, messageOf, meantBy = same } = this.#dialect;
    const { timeoutMs, now } = this.#options;
    const what = this.#redaction.clean(`${order.method} ${order.path}`);
    this.#quiet.refuse(what, order.place);
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      const response = await this.#fetch(order, AbortSignal.any([signal, limit]));
      const text = await boundedText(response, maxReplyBytes);
      const headers = Object.fromEntries(response.headers);
      this.#quiet.keep(usedUpMs(headers, now()), "the limit of requests is used up");
      const message = response.ok ? "" : this.#redaction.clean(messageOf(text));
      const reply = meantBy({ status: response.status, headers, message });
      if (response.ok && reply.status === response.status) {
        return { headers, data: this.#parse(text, what) };
      }
      throw this.#failure(reply, what, order);
    } catch (error) {
      signal.throwIfAborted();
      if (SignalboxError.isInstance(error)) throw error;
      if (limit.aborted) throw errors.late(what, timeoutMs);
      throw errors.broken(what, error, this.#redaction);
    }
  }

  async #fetch(order: RestOrder, signal: AbortSignal): Promise<Response> {
    const { method, path, query = [], body } = order;
    const url = new URL(`${this.#options.root}${path}`);
    for (const [name, value] of query) url.searchParams.append(name, value);
    return this.#options.fetch(url.href, {
      method,
      headers: {
        accept: "application/json",
        authorization: this.#options.authorization,
        "user-agent": "signalbox",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: "manual",
      signal,
    });
  }

  #failure(reply: FailedReply, what: string, { place }: RestOrder): Error {
    const now = this.#options.now();
    const limit = this.#dialect.rateLimitOf(reply, now);
    if (limit === null) return this.#dialect.errors.status(reply, what, now);
    return this.#quiet.reached(limit, what, place === undefined ? {} : { place });
  }

  #parse(text: string, what: string): unknown {
    if (text === "") return null;
    try {
      return JSON.parse(text);
    } catch {
      // What the parser says quotes the text, which may hold anything.
      throw this.#dialect.errors.payload(what, "it is no JSON");
    }
  }
}

function same(reply: FailedReply): FailedReply {
  return reply;
}
