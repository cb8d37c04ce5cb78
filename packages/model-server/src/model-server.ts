import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { RequestLog, type RecordedRequest } from "./request-log.ts";
import { findRoute, vendors, type Route } from "./route.ts";
import { readScenario } from "./scenario/choose-reply.ts";
import { sendJson, sendReply } from "./send-reply.ts";
import { BadRequest } from "./vendors/vendor.ts";

export interface ModelServerOptions {
  /** A free one by default. */
  readonly port?: number;
}

export interface ModelServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /**
   * The base URL of a scenario: what an agent for Anthropic or Gemini is given. One for OpenAI, and the SDKs of others,
   * want `/v1` behind it. Throws a `RangeError` where there is no such scenario.
   */
  readonly scenarioUrl: (scenario: string) => string;
  /** The last requests, oldest first: all, or those of one scenario. At most 2000, and at most 128 MiB of bodies. */
  readonly requests: (scenario?: string) => readonly RecordedRequest[];
  /** Cuts all connections and stops. May be called again. */
  readonly close: () => Promise<void>;
}

const maximalBody = 32 * 1024 * 1024;

/** Starts a server on the loopback interface that plays the services of Anthropic, OpenAI and Google. */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const log = new RequestLog();
  const answered = new Map<string, number>();
  const server = createServer((request, response) => {
    // An aborted request is the client's own end of the conversation.
    request.on("error", () => response.destroy());
    response.on("error", () => response.destroy());
    void handle(request, response, log, answered).catch((error: unknown) => {
      if (!response.destroyed) sendOwnError(response, 500, String(error));
    });
  });
  server.requestTimeout = 0;
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${portOf(server.address())}`;
  return {
    url,
    scenarioUrl: (scenario) => {
      readScenario(toSegment(scenario));
      return `${url}/s/${toSegment(scenario)}`;
    },
    requests: (scenario) =>
      log
        .list()
        .filter((entry) => scenario === undefined || entry.scenario === toSegment(scenario)),
    close: async () => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  log: RequestLog,
  answered: Map<string, number>,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const route = findRoute(request.method ?? "GET", url, request.headers);
  if (route === undefined) {
    request.resume();
    sendOwnError(response, 404, `no service at ${request.method} ${url.pathname}`);
    return;
  }
  const vendor = vendors[route.vendor];
  const body = await readBody(request);
  if (body === undefined) {
    const { status, body: document } = vendor.failure({ reason: "too-large" }, "");
    sendJson(response, status, document, { connection: "close" });
    return;
  }
  const parsed = parseJson(body.toString());
  log.add(toRecord(route, url, request, parsed), body.length);
  if (route.endpoint === "models") {
    sendJson(response, 200, vendor.models);
    return;
  }
  try {
    const scenario = readScenario(route.scenario);
    const conversation = vendor.read(parsed, request.headers, url);
    if (route.endpoint === "count-tokens") {
      sendJson(response, 200, vendor.tokenCount(conversation));
      return;
    }
    const earlier = answered.get(route.scenario) ?? 0;
    const { reply, isPartOfScript } = scenario.choose(conversation, earlier);
    if (isPartOfScript) answered.set(route.scenario, earlier + 1);
    await sendReply(response, reply, vendor, conversation);
  } catch (error) {
    if (error instanceof RangeError) {
      sendOwnError(response, 400, error.message);
    } else if (error instanceof BadRequest) {
      const failure = { reason: error.reason, message: error.message };
      const { status, body: document, headers } = vendor.failure(failure, "");
      sendJson(response, status, document, headers);
    } else {
      throw error;
    }
  }
}

/** An error of this server, in a form that every client shows. */
function sendOwnError(response: ServerResponse, status: number, message: string): void {
  const error = { type: "invalid_request_error", message: `model server: ${message}` };
  sendJson(response, status, { type: "error", error });
}

function toRecord(
  { scenario, vendor, endpoint }: Route,
  url: URL,
  request: IncomingMessage,
  body: unknown,
): RecordedRequest {
  const path = `${url.pathname}${url.search}`;
  return { scenario, vendor, endpoint, path, headers: request.headers, body, at: Date.now() };
}

/** The body, or `undefined` where it is larger than the services take. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size <= maximalBody) chunks.push(chunk);
  }
  return size > maximalBody ? undefined : Buffer.concat(chunks);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told to the client as the first field that is missing.
    return undefined;
  }
}

/** A scenario as one segment of a path. */
function toSegment(scenario: string): string {
  return scenario.replace(/[^\w:*+,.%~-]/gu, encodeURIComponent);
}

function portOf(address: string | AddressInfo | null): number {
  if (typeof address === "object" && address !== null) return address.port;
  throw new TypeError("the server listens on no port");
}
