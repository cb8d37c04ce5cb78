import { Octokit } from "@octokit/core";
import { SignalboxError } from "@signalbox/contracts";
import { Pace, QuietTimes, Redaction, StatusFailure } from "@signalbox/http-tracker";
import type { FailedReply, Reply } from "@signalbox/http-tracker";
import { boundedFetch } from "./bounded-fetch.ts";
import { githubErrors } from "./github-errors.ts";
import { PageCache } from "./page-cache.ts";
import { rateLimitOf, usedUpMs } from "./rate-limit.ts";

type Parameter = string | number | boolean | null;
/** Path, query and body of a request. */
export type Parameters = Readonly<
  Record<string, Parameter | readonly (string | Readonly<Record<string, Parameter>>)[]>
>;

interface StatusReply extends Reply {
  readonly status: number;
}

export interface GithubClientOptions {
  readonly endpoint: string;
  readonly token: string;
  /** Never in an error, beside the token. */
  readonly otherSecrets?: readonly (string | undefined)[];
  /** Limit of one request, its reply included, in milliseconds. */
  readonly timeoutMs: number;
  /** Distance between the starts of two writes, in milliseconds. GitHub asks for a second. */
  readonly writeIntervalMs: number;
  readonly fetch: typeof globalThis.fetch;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const maxReplyBytes = 32 * 1_048_576;
const cacheBytes = 16 * 1_048_576;
const defaultHeaders = {
  accept: "application/vnd.github+json",
  "x-github-api-version": "2022-11-28",
};

function silent(): void {
  // What matters reaches the caller as an error.
}

/**
 * GitHub's REST API with what every request needs: a time limit, a bound on the reply, ETags, limits that are waited
 * for by everybody, errors of the port without secrets. Nothing is tried twice; redirects are not followed, so that the
 * token stays with `endpoint`.
 */
export class GithubClient {
  readonly #octokit: Octokit;
  readonly #options: GithubClientOptions;
  readonly #redaction: Redaction;
  readonly #writes: Pace;
  readonly #cache = new PageCache(cacheBytes);
  readonly #quiet: QuietTimes;

  constructor(options: GithubClientOptions) {
    this.#options = options;
    this.#redaction = new Redaction([options.token, ...(options.otherSecrets ?? [])]);
    this.#writes = new Pace(options.writeIntervalMs);
    this.#quiet = new QuietTimes(githubErrors, options.now);
    this.#octokit = new Octokit({
      auth: options.token,
      baseUrl: options.endpoint,
      userAgent: "signalbox",
      log: { debug: silent, info: silent, warn: silent, error: silent },
      request: { fetch: boundedFetch(options.fetch, maxReplyBytes), redirect: "manual" },
    });
  }

  /** Scheme, host and port that every request goes to. */
  get origin(): string {
    return new URL(this.#options.endpoint).origin;
  }

  /** `route` is a path with `{placeholders}`, or an absolute URL of a page. An unchanged reply costs no quota. */
  async get(route: string, parameters: Parameters, signal: AbortSignal): Promise<Reply> {
    const { url } = this.#octokit.request.endpoint(`GET ${route}`, parameters);
    const known = this.#cache.get(url);
    const reply = await this.#send(`GET ${route}`, parameters, known?.etag ?? null, signal);
    if (reply.status !== 304) {
      this.#cache.put(url, reply);
      return reply;
    }
    const etag = reply.headers["etag"];
    if (known !== null && (etag === undefined || isSameTag(etag, known.etag))) {
      const { headers } = known.reply;
      return { ...known.reply, headers: { ...headers, date: reply.headers["date"] } };
    }
    this.#cache.delete(url);
    throw githubErrors.pagination(
      this.#name(`GET ${url}`),
      "it was answered with 304 for another page",
    );
  }

  /** A question in GraphQL: its reply as it is, errors included. */
  async query(query: string, signal: AbortSignal): Promise<Reply> {
    // A server of one's own has it beside the REST API: `/api/v3`, `/api/graphql`.
    const root = this.#options.endpoint.replace(/\/v3$/, "");
    return this.#send(`POST ${root}/graphql`, { query }, null, signal);
  }

  /** Like `get`; `null` where it is not there: 404, 410, or moved elsewhere. */
  async find(route: string, parameters: Parameters, signal: AbortSignal): Promise<Reply | null> {
    try {
      return await this.get(route, parameters, signal);
    } catch (error) {
      if (error instanceof StatusFailure && goneStatuses.has(error.status)) return null;
      throw error;
    }
  }

  /** Writes go out one by one, a second apart. A failed one may have landed: it is never sent again by itself. */
  async write(
    method: "POST" | "PATCH" | "DELETE",
    route: string,
    parameters: Parameters,
    signal: AbortSignal,
  ): Promise<Reply> {
    const reply = await this.#writes.take(signal, () =>
      this.#send(`${method} ${route}`, parameters, null, signal),
    );
    if (reply.status === 304) throw githubErrors.payload(`${method} ${route}`, "304 to a write");
    return reply;
  }

  /** Like `write`; `null` where what it would change is not there. */
  async writeUnlessGone(
    method: "PATCH" | "DELETE",
    route: string,
    parameters: Parameters,
    signal: AbortSignal,
  ): Promise<Reply | null> {
    try {
      return await this.write(method, route, parameters, signal);
    } catch (error) {
      if (error instanceof StatusFailure && goneStatuses.has(error.status)) return null;
      throw error;
    }
  }

  close(): void {
    this.#cache.clear();
  }

  /** A success, or 304. */
  async #send(
    route: string,
    parameters: Parameters,
    etag: string | null,
    signal: AbortSignal,
  ): Promise<StatusReply> {
    signal.throwIfAborted();
    const what = this.#name(route, parameters);
    this.#quiet.refuse(what);
    const limit = AbortSignal.timeout(this.#options.timeoutMs);
    try {
      const { status, headers, data } = await this.#octokit.request(route, {
        ...parameters,
        headers: { ...defaultHeaders, ...(etag === null ? {} : { "if-none-match": etag }) },
        request: { signal: AbortSignal.any([signal, limit]) },
      });
      const reply = { status, headers: textHeaders(headers), data: data as unknown };
      this.#quiet.keep(usedUpMs(reply.headers, this.#options.now()), "the hourly limit is used up");
      if (status >= 300) throw this.#failure({ ...reply, message: "" }, what);
      return reply;
    } catch (error) {
      signal.throwIfAborted();
      if (SignalboxError.isInstance(error)) throw error;
      const reply = failedReply(error);
      if (reply?.status === 304) return { status: 304, headers: reply.headers, data: null };
      if (reply !== null) {
        throw this.#failure({ ...reply, message: this.#redaction.clean(reply.message) }, what);
      }
      if (limit.aborted) throw githubErrors.late(what, this.#options.timeoutMs);
      throw githubErrors.broken(what, error, this.#redaction);
    }
  }

  #failure(reply: FailedReply, what: string): Error {
    const now = this.#options.now();
    const limit = rateLimitOf(reply, now);
    if (limit === null) return githubErrors.status(reply, what, now);
    return this.#quiet.reached(limit, what, { name: `${limit.kind} rate limit` });
  }

  /** The request as messages name it: its path, without query and secrets. */
  #name(route: string, parameters: Parameters = {}): string {
    const [method = "", template = ""] = route.split(" ");
    const filled = template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
      const value = parameters[name];
      return typeof value === "string" || typeof value === "number" ? String(value) : whole;
    });
    const path = URL.canParse(filled) ? new URL(filled).pathname : filled;
    return this.#redaction.clean(`${method} ${path}`);
  }
}

const goneStatuses: ReadonlySet<number> = new Set([301, 307, 308, 404, 410]);

/** Weakly: a page that was compressed on its way is the same. */
function isSameTag(one: string, other: string): boolean {
  return one.replace(/^W\//, "") === other.replace(/^W\//, "");
}

function failedReply(error: unknown): FailedReply | null {
  if (!(error instanceof Error) || !("response" in error) || !("status" in error)) return null;
  const { response, status } = error;
  if (typeof status !== "number" || typeof response !== "object" || response === null) return null;
  return {
    status,
    headers: "headers" in response ? textHeaders(response.headers) : {},
    message: "data" in response ? messageOf(response.data) : "",
  };
}

function messageOf(data: unknown): string {
  if (typeof data !== "object" || data === null || !("message" in data)) return "";
  if (typeof data.message !== "string") return "";
  const details = "errors" in data ? ` ${JSON.stringify(data.errors)}` : "";
  return data.message + details;
}

function textHeaders(headers: unknown): Readonly<Record<string, string>> {
  if (typeof headers !== "object" || headers === null) return {};
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]: [string, unknown]) =>
      typeof value === "string" || typeof value === "number" ? [[name, String(value)]] : [],
    ),
  );
}
