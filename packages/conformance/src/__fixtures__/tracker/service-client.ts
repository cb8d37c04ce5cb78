import { SignalboxError } from "@signalbox/contracts";

interface ClientOptions {
  /** Of one request. */
  readonly timeoutMs: number;
  /** What it fails with, from what it should fail with. */
  readonly change: (error: SignalboxError) => Error;
}

const hourMs = 3_600_000;

/** Requests to an `IssueService`, and its failures as the contract has them. */
export class ServiceClient {
  readonly #url: string;
  readonly #token: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly #limits: ClientOptions;
  #isClosed = false;

  constructor(
    url: string,
    token: string,
    fetch: typeof globalThis.fetch,
    limits: ClientOptions,
  ) {
    this.#url = url;
    this.#token = token;
    this.#fetch = fetch;
    this.#limits = limits;
  }

  close(): void {
    this.#isClosed = true;
  }

  async send(method: string, path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    if (this.#isClosed) throw new TypeError("the tracker is closed");
    const response = await this.#exchange(method, path, body, signal);
    if (response.status >= 400) throw this.#limits.change(statusError(response));
    const text = await this.#withinTime(response.text(), signal);
    try {
      const value: unknown = JSON.parse(text);
      return value;
    } catch (cause) {
      throw new SignalboxError("tracker_payload", "the service answered no JSON", { cause });
    }
  }

  async #exchange(
    method: string,
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<Response> {
    const init = {
      method,
      headers: { authorization: `Bearer ${this.#token}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(this.#limits.timeoutMs)]),
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    };
    return this.#withinTime(this.#fetch(`${this.#url}${path}`, init), signal);
  }

  async #withinTime<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      signal.throwIfAborted();
      const isLate = error instanceof DOMException && error.name === "TimeoutError";
      const what = isLate ? "the service is silent" : "there is no connection to the service";
      throw this.#limits.change(
        new SignalboxError("tracker_transport", what, { retryable: true }),
      );
    }
  }
}

function statusError({ status, headers }: Response): SignalboxError {
  const message = `the service answered with status ${status}`;
  if (status === 401 || status === 403) return new SignalboxError("tracker_auth", message);
  if (status !== 429) {
    return new SignalboxError("tracker_status", message, { retryable: status >= 500 });
  }
  const retryAfter = headers.get("retry-after");
  const waitMs = retryAfter === null ? null : waitOf(retryAfter);
  return new SignalboxError("tracker_rate_limited", message, {
    retryable: true,
    ...(waitMs === null ? {} : { retryAfterMs: Math.min(waitMs, hourMs) }),
  });
}

function waitOf(retryAfter: string): number | null {
  const waitMs = /^\d+$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(waitMs) ? null : Math.max(waitMs, 0);
}
