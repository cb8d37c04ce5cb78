import { once } from "node:events";
import { chmod } from "node:fs/promises";
import { connect, createServer, isIP, type Server, type Socket } from "node:net";
import type { ModelGate } from "@signalbox/contracts";

const firstProxyPort = 18_080;
const maxRequestBytes = 8_192;
const requestLimitMs = 10_000;

interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly isLoopback: boolean;
}

/**
 * The one way out of a sandbox with `network: model`: takes `CONNECT host:port` on a unix socket and passes bytes on,
 * for the endpoints alone. What is said there stays between agent and model: TLS ends at them.
 */
export class ModelGateServer {
  readonly gate: ModelGate;
  /** What makes programs inside use it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(socket: string, endpoints: readonly Endpoint[]) {
    const loopbackPorts = endpoints.filter((end) => end.isLoopback).map((end) => end.port);
    let proxyPort = firstProxyPort;
    while (loopbackPorts.includes(proxyPort)) proxyPort += 1;
    this.gate = { socket, proxyPort, loopbackPorts: [...new Set(loopbackPorts)] };
    const proxy = `http://127.0.0.1:${proxyPort}`;
    const direct = "127.0.0.1,localhost";
    this.environment = {
      HTTPS_PROXY: proxy,
      https_proxy: proxy,
      HTTP_PROXY: proxy,
      http_proxy: proxy,
      NO_PROXY: direct,
      no_proxy: direct,
    };
    this.#server = createServer({ allowHalfOpen: true }, (inner) => {
      this.#keep(inner);
      void this.#serve(inner, endpoints);
    });
  }

  static async listen(socket: string, urls: readonly URL[]): Promise<ModelGateServer> {
    const server = new ModelGateServer(socket, urls.map(endpointOf));
    server.#server.listen(socket);
    await once(server.#server, "listening");
    await chmod(socket, 0o600);
    return server;
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(inner: Socket, endpoints: readonly Endpoint[]): Promise<void> {
    const request = await requestOf(inner);
    if (request === null) return void inner.destroy();
    const { target, rest } = request;
    const endpoint = endpoints.find(({ host, port }) => target === `${host}:${port}`);
    if (endpoint === undefined) {
      inner.end(
        "HTTP/1.1 403 Only the model can be reached from here\r\nConnection: close\r\n\r\n",
      );
      return;
    }
    const outer = connect({ host: endpoint.host, port: endpoint.port, allowHalfOpen: true });
    this.#keep(outer);
    inner.once("close", () => outer.destroy());
    outer.once("close", () => inner.destroy());
    outer.once("connect", () => {
      inner.write("HTTP/1.1 200 Connected\r\n\r\n");
      if (rest.length > 0) outer.write(rest);
      inner.pipe(outer);
      outer.pipe(inner);
    });
  }

  /** A connection that breaks is its two ends' business: they see it closed. */
  #keep(socket: Socket): void {
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
    socket.on("error", () => socket.destroy());
  }
}

function endpointOf(url: URL): Endpoint {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? (url.protocol === "http:" ? 80 : 443) : Number(url.port);
  const isLoopback =
    host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
  return isLoopback ? { host: "127.0.0.1", port, isLoopback } : { host, port, isLoopback };
}

/** What a `CONNECT` names, and what came behind it; `null` where something else was said. */
async function requestOf(
  socket: Socket,
): Promise<{ readonly target: string; readonly rest: Buffer } | null> {
  let text = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), requestLimitMs);
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      text = Buffer.concat([text, chunk]);
      const end = text.indexOf("\r\n\r\n");
      if (end !== -1) {
        const [, target] =
          /^CONNECT ([^\s]+) HTTP\/1\.[01]\r\n/.exec(text.toString("latin1")) ?? [];
        return target === undefined ? null : { target, rest: text.subarray(end + 4) };
      }
      if (text.length > maxRequestBytes) return null;
    }
    return null;
  } catch {
    // Broken off: there is nobody to answer.
    return null;
  } finally {
    clearTimeout(timer);
  }
}
