// @ts-check
import { SignalboxError } from "@signalbox/contracts";

const hourMs = 3_600_000;

/** Sends requests, and turns whatever goes wrong into the errors that the contract knows. None of them quotes a reply. */
export class Client {
  #options;
  #fetch;

  /**
   * @param {import("./options.js").Options} options
   * @param {typeof globalThis.fetch} fetch
   */
  constructor(options, fetch) {
    this.#options = options;
    this.#fetch = fetch;
  }

  /**
   * @param {string} method
   * @param {string} path Below the URL of the service, which may have a path of its own.
   * @param {unknown} body
   * @param {AbortSignal} signal
   * @returns {Promise<unknown>} The JSON of the reply.
   */
  async send(method, path, body, signal) {
    signal.throwIfAborted();
    const { url, token, timeoutMs } = this.#options;
    const init = {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    let response;
    let text;
    try {
      response = await this.#fetch(`${url.replace(/\/+$/, "")}${path}`, init);
      text = await response.text();
    } catch {
      signal.throwIfAborted();
      throw new SignalboxError("tracker_transport", "the service cannot be reached", {
        retryable: true,
        remedy: "Look at the URL of the service and at the network.",
      });
    }
    if (!response.ok) throw statusError(response);
    try {
      return JSON.parse(text);
    } catch {
      throw unreadable("the service answered with something else than JSON");
    }
  }
}

/** @param {string} message */
export function unreadable(message) {
  return new SignalboxError("tracker_payload", message, {
    remedy: "Look whether the URL is that of the service, and its version one that is known.",
  });
}

/** @param {Response} response */
function statusError({ status, headers }) {
  const message = `the service answered with status ${status}`;
  switch (status) {
    case 401:
    case 403:
      return new SignalboxError("tracker_auth", message, {
        remedy: "Look whether the token is right and may read the issues.",
      });
    case 429: {
      const retryAfterMs = waitOf(headers.get("retry-after"));
      return new SignalboxError("tracker_rate_limited", message, {
        retryable: true,
        ...(retryAfterMs === null ? {} : { retryAfterMs }),
      });
    }
    default:
      return new SignalboxError("tracker_status", message, { retryable: status >= 500 });
  }
}

/**
 * @param {string | null} retryAfter Seconds, or a date.
 * @returns {number | null} An hour at most, whatever the service says.
 */
function waitOf(retryAfter) {
  if (retryAfter === null) return null;
  const waitMs = /^\d+$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), hourMs);
}
