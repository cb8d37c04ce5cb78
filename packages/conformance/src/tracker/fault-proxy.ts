import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Arrival } from "./faulty-transport.ts";
import type { SentRequest } from "./transport-fault.ts";

interface Way {
  pass(request: SentRequest, forward: () => Promise<Response>): Promise<Arrival>;
}

/** Headers that tell about one connection, or about bytes that are decoded by now. */
const ofTheConnection = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "transfer-encoding",
]);

/** A server on loopback that passes each request on to one origin, by a way that may lose it. */
export class FaultProxy {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async open(target: string, way: Way): Promise<FaultProxy> {
    const server = createServer((incoming, outgoing) => {
      // Whatever goes wrong on the way looks like a broken connection to the adapter.
      passOn(target, way, incoming, outgoing).catch(() => outgoing.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new TypeError("no port");
    return new FaultProxy(server, `http://127.0.0.1:${address.port}`);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

async function passOn(
  target: string,
  way: Way,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = "GET", url = "/" } = incoming;
  const headers = textHeaders(incoming);
  const body = await text(incoming);
  const request: SentRequest = { method, url: `${target}${url}`, headers, body };
  const arrival = await way.pass(request, () =>
    fetch(request.url, {
      method,
      headers: kept(headers),
      redirect: "manual",
      ...(body === "" ? {} : { body }),
    }),
  );
  switch (arrival.kind) {
    case "hang":
      return;
    case "no-connection":
      incoming.socket.destroy();
      return;
    case "cut":
    case "reply": {
      const { response } = arrival;
      const bytes = Buffer.from(await response.arrayBuffer());
      outgoing.writeHead(response.status, {
        ...kept(Object.fromEntries(response.headers)),
        "content-length": bytes.length,
      });
      if (arrival.kind === "reply") {
        outgoing.end(bytes);
        return;
      }
      outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => outgoing.destroy());
    }
  }
}

function textHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = ""]) => [name, [value].flat().join(", ")]),
  );
}

function kept(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheConnection.has(name)));
}
