import { SignalboxError } from "@signalbox/contracts";
import type { LinearClient as SdkClient } from "@linear/sdk";
import * as v from "valibot";
import { boundedFetch, withFetch } from "./bounded-fetch.ts";
import type { Exchange } from "./bounded-fetch.ts";
import { LinearRefusal, trackerError } from "./linear-error.ts";
import type { LinearOptions } from "./linear-options.ts";
import { longestWaitMs, readRateLimit, serverTime } from "./rate-limit.ts";
import type { RateLimit } from "./rate-limit.ts";
import { transportError } from "./transport-error.ts";

const defaultEndpoint = "https://api.linear.app/graphql";
const defaultTimeoutMs = 30_000;

export interface LinearReply<Data> {
  readonly data: Data;
  /** Linear's clock when it answered, epoch milliseconds. */
  readonly at: number;
}

export interface LinearRequest<Data> {
  /** What is done, for error messages: `listing issues`. */
  readonly action: string;
  /** A GraphQL document. */
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly schema: v.GenericSchema<unknown, Data>;
}

export interface LinearHost {
  readonly fetch: typeof globalThis.fetch;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Aborted when the tracker is closed. */
  readonly closed: AbortSignal;
}

/**
 * One request at a time through the SDK's raw request, never repeated by itself. Each has a time limit and a size
 * limit, obeys its signal, and fails with a `TrackerErrorCode`. While a rate limit holds, requests are refused here
 * and cost Linear nothing.
 */
export class LinearClient {
  readonly #options: LinearOptions;
  readonly #host: LinearHost;
  readonly #secret: string;
  #sdk: SdkClient | null = null;
  /** A rate limit that holds: until when by the host's clock, and why. */
  #held: { readonly until: number; readonly reason: string } | null = null;

  constructor(options: LinearOptions, host: LinearHost) {
    this.#options = options;
    this.#host = host;
    this.#secret = options.token ?? options.apiKey ?? "";
  }

  async request<Data>(
    request: LinearRequest<Data>,
    signal: AbortSignal,
  ): Promise<LinearReply<Data>> {
    signal.throwIfAborted();
    this.#host.closed.throwIfAborted();
    this.#refuseWhileLimited(request.action);
    const sdk = await this.#load();
    signal.throwIfAborted();
    const exchange: Exchange = { response: null };
    const data = await this.#send(sdk, request, signal, exchange);
    const headers = exchange.response?.headers ?? new Headers();
    const result = v.safeParse(request.schema, data);
    if (!result.success) {
      const [issue] = result.issues;
      throw trackerError(
        "tracker_payload",
        this.#redact(
          `Linear's reply to ${request.action} is not as expected: ${v.getDotPath(issue) ?? ""} ${issue.message}`,
        ),
        { remedy: "Install the version of @signalbox/tracker-linear that knows this API." },
      );
    }
    return { data: result.output, at: serverTime(headers) ?? this.#host.now() };
  }

  async #send(
    sdk: SdkClient,
    { action, document, variables }: LinearRequest<unknown>,
    signal: AbortSignal,
    exchange: Exchange,
  ): Promise<unknown> {
    const { timeoutMs = defaultTimeoutMs } = this.#options;
    const timeout = AbortSignal.timeout(timeoutMs);
    const ended = AbortSignal.any([signal, timeout, this.#host.closed]);
    const fetch = boundedFetch(this.#host.fetch, ended, exchange);
    try {
      const reply = await withFetch(fetch, () => sdk.client.rawRequest(document, { ...variables }));
      this.#note(exchange);
      return reply.data;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      this.#host.closed.throwIfAborted();
      const limit = this.#note(exchange);
      if (timeout.aborted) {
        throw trackerError(
          "tracker_transport",
          `Linear did not answer ${action} within ${timeoutMs} ms`,
          { retryable: true },
        );
      }
      throw this.#classify(action, error, exchange, limit);
    }
  }

  #classify(
    action: string,
    error: unknown,
    { response }: Exchange,
    limit: RateLimit | null,
  ): Error {
    if (SignalboxError.isInstance(error)) return error;
    const refusal = v.safeParse(refusalSchema, error);
    if (response === null || !refusal.success || refusal.output.status === undefined) {
      return transportError(action, error, response, (text) => this.#redact(text));
    }
    const { errors } = refusal.output.raw.response;
    if (response.ok && errors === undefined) {
      return trackerError("tracker_payload", `Linear's reply to ${action} has no data`, {
        retryable: true,
      });
    }
    const kinds = (errors ?? [])
      .flatMap(({ extensions }) => [extensions?.type, extensions?.code])
      .flatMap((kind) => kind?.toLowerCase() ?? []);
    const first = errors?.[0];
    const said = first?.extensions?.userPresentableMessage ?? first?.message;
    const isLimited = limit === null ? "" : ` (${limit.reason})`;
    const refused = new LinearRefusal(action, {
      status: response.status,
      message: this.#redact(`${said ?? `status ${response.status}`}${isLimited}`).slice(0, 2000),
      kinds,
      retryAfterMs: limit?.waitMs ?? null,
    });
    if (kinds.includes("ratelimited")) {
      this.#hold(refused.retryAfterMs ?? 0, limit?.reason ?? "Linear said so");
    }
    return refused;
  }

  /** Remembers a used-up budget that the reply tells of. */
  #note({ response }: Exchange): RateLimit | null {
    if (response === null) return null;
    const limit = readRateLimit(response.headers, this.#host.now());
    if (limit?.isBudget === true) this.#hold(limit.waitMs, limit.reason);
    return limit;
  }

  #hold(waitMs: number, reason: string): void {
    this.#held = { until: this.#host.now() + waitMs, reason };
  }

  #refuseWhileLimited(action: string): void {
    const waitMs = (this.#held?.until ?? 0) - this.#host.now();
    // A clock that was set back must not hold longer than any limit does.
    if (this.#held === null || waitMs <= 0 || waitMs > longestWaitMs) {
      this.#held = null;
      return;
    }
    throw trackerError(
      "tracker_rate_limited",
      `Linear's rate limit holds back ${action}: ${this.#held.reason}`,
      { retryable: true, retryAfterMs: waitMs },
    );
  }

  /** The SDK takes half a second and 22 MB to load: not before it is needed. */
  async #load(): Promise<SdkClient> {
    if (this.#sdk !== null) return this.#sdk;
    const { LinearClient: Sdk } = await import("@linear/sdk");
    const { apiKey = "", token, endpoint = defaultEndpoint } = this.#options;
    try {
      this.#sdk ??= new Sdk({
        apiUrl: endpoint,
        ...(token === undefined ? { apiKey } : { accessToken: token }),
      });
    } catch (error) {
      const message = error instanceof Error ? this.#redact(error.message) : "no client";
      throw trackerError("tracker_config", `the client for Linear cannot be made: ${message}`, {
        remedy: "Check api_key, token and endpoint of tracker.provider.",
      });
    }
    return this.#sdk;
  }

  #redact(text: string): string {
    return this.#secret.length < 4 ? text : text.replaceAll(this.#secret, "***");
  }
}

const name = v.fallback(v.optional(v.string()), undefined);

/** What the SDK's `LinearError` keeps of a reply. */
const refusalSchema = v.object({
  status: v.optional(v.number()),
  raw: v.object({
    response: v.object({
      errors: v.fallback(
        v.optional(
          v.array(
            v.object({
              message: v.fallback(v.string(), "no message"),
              extensions: v.fallback(
                v.optional(v.object({ type: name, code: name, userPresentableMessage: name })),
                undefined,
              ),
            }),
          ),
        ),
        undefined,
      ),
    }),
  }),
});
