import { FaultProxy } from "./fault-proxy.ts";
import {
  changesSomething,
  type FaultAim,
  type SentRequest,
  type TransportFault,
  type TransportReply,
} from "./transport-fault.ts";

interface AimedFault extends Required<FaultAim> {
  readonly fault: TransportFault;
  met: number;
}

/** What comes back to the adapter, over `fetch` as over the proxy. */
export type Arrival =
  | { readonly kind: "reply"; readonly response: Response }
  /** The head of the answer and a part of its body. */
  | { readonly kind: "cut"; readonly response: Response }
  | { readonly kind: "no-connection"; readonly code: string }
  | { readonly kind: "hang" };

/**
 * The way between an adapter and its service. It counts, and does to requests what a law wants to see survived. Without
 * a fault it changes nothing. Closing it closes its proxies.
 */
export class FaultyTransport implements AsyncDisposable {
  readonly #isWrite: (request: SentRequest) => boolean;
  readonly #requests: SentRequest[] = [];
  readonly #proxies: FaultProxy[] = [];
  readonly #waiting: (() => void)[] = [];
  #faults: AimedFault[] = [];

  /** `isWrite` tells which requests change something; by default HTTP methods and GraphQL operations do. */
  constructor(isWrite: (request: SentRequest) => boolean = changesSomething) {
    this.#isWrite = isWrite;
  }

  /** Every request so far, oldest first. */
  get requests(): readonly SentRequest[] {
    return this.#requests;
  }

  /** Resolves when the adapter sends another one. */
  async nextRequest(): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** As the global one, through the faults. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    // A request's own signal hears of no abort once the request is collected, as it may be while it hangs.
    const signal = init?.signal ?? request.signal;
    const sent: SentRequest = {
      method: request.method.toUpperCase(),
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: await request.clone().text(),
    };
    signal.throwIfAborted();
    const arrival = await this.pass(sent, () => globalThis.fetch(request));
    switch (arrival.kind) {
      case "reply":
        return arrival.response;
      case "cut":
        return cutResponse(arrival.response);
      case "no-connection": {
        const { code } = arrival;
        const cause = Object.assign(new Error(`${code} ${request.url}`), { code });
        throw new TypeError("fetch failed", { cause });
      }
      case "hang":
        return untilAborted(signal);
    }
  };

  /**
   * For adapters that take a URL and no `fetch`: opens a server on this machine that passes requests on to `target`
   * (scheme, host and port; paths are kept), through the faults. Resolves to its URL, without a trailing slash.
   */
  async proxy(target: string): Promise<string> {
    const proxy = await FaultProxy.open(new URL(target).origin, this);
    this.#proxies.push(proxy);
    return proxy.url;
  }

  /** From now on, until `mend`. Of several faults the first that fits befalls a request. */
  inject(fault: TransportFault, { on = "any", after = 0, times = Infinity }: FaultAim = {}): void {
    this.#faults.push({ fault, on, after, times, met: 0 });
  }

  mend(): void {
    this.#faults = [];
  }

  /** Counts the request and takes it to the service or to its fault. */
  async pass(request: SentRequest, forward: () => Promise<Response>): Promise<Arrival> {
    this.#requests.push(request);
    for (const resolve of this.#waiting.splice(0)) resolve();
    const fault = this.#faultFor(request);
    switch (fault?.kind) {
      case undefined:
        return { kind: "reply", response: await forward() };
      case "reply":
        return { kind: "reply", response: responseOf(fault.reply(request)) };
      case "change": {
        const reply = await replyOf(await forward());
        return { kind: "reply", response: responseOf(fault.change(reply)) };
      }
      case "cut":
        return { kind: "cut", response: await forward() };
      case "lost-reply":
        await (await forward()).arrayBuffer();
        return { kind: "no-connection", code: "ECONNRESET" };
      case "no-connection":
      case "hang":
        return fault;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
  }

  #faultFor(request: SentRequest): TransportFault | null {
    const kind = this.#isWrite(request) ? "write" : "read";
    for (const aimed of this.#faults) {
      if (aimed.on !== "any" && aimed.on !== kind) continue;
      aimed.met += 1;
      if (aimed.met > aimed.after && aimed.met <= aimed.after + aimed.times) return aimed.fault;
    }
    return null;
  }
}

async function replyOf(response: Response): Promise<TransportReply> {
  const { status } = response;
  return { status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

function responseOf({ status, headers, body }: TransportReply): Response {
  const kept = new Headers(headers);
  // They told about the bytes that came.
  for (const name of ["content-length", "content-encoding"]) kept.delete(name);
  const isEmpty = [204, 205, 304].includes(status);
  return new Response(isEmpty ? null : body, { status, headers: kept });
}

/** A part of the body, then what `fetch` does when a connection breaks. */
async function cutResponse(response: Response): Promise<Response> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(bytes.subarray(0, Math.floor(bytes.length / 2)));
      controller.error(new TypeError("terminated"));
    },
  });
  return new Response(body, { status: response.status, headers: response.headers });
}

async function untilAborted(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => aborted.reject(signal.reason), { once: true });
  return aborted.promise;
}
