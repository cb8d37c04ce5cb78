import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answer } from "./fake-routes.ts";
import { FakeRepository } from "./fake-repository.ts";
import type { Inspector } from "./inspector.ts";
import { operationOf } from "./openapi.ts";

export interface FakeRequest {
  readonly method: string;
  /** With query. */
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

export interface FakeReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The connection is cut instead of an answer. */
  readonly isCut?: boolean;
  /** No answer comes. */
  readonly isHung?: boolean;
}

/** What a test puts in place of an answer; `null`: the usual one. `land` performs the request and gives its reply. */
export type Fault = (request: FakeRequest, land: () => FakeReply) => FakeReply | null;

/**
 * GitHub's REST API as far as the adapter uses it, on loopback: with dependencies, ETags, permissions, projects and
 * whatever fault a test wants. An inspector holds each request and each reply against GitHub's own description.
 */
export class FakeGithub {
  readonly repository: FakeRepository = new FakeRepository();
  token = "ghp_secretsecretsecret";
  readonly requests: { method: string; path: string; status: number; isQuotaFree: boolean }[] = [];
  fault: Fault | null = null;
  readonly #inspector: Inspector | null;
  readonly #server: Server;

  private constructor(inspector: Inspector | null) {
    this.#inspector = inspector;
    this.#server = createServer((incoming, outgoing) => {
      void this.#serve(incoming, outgoing);
    });
  }

  static async start(inspector: Inspector | null = null): Promise<FakeGithub> {
    const fake = new FakeGithub(inspector);
    const { promise, resolve } = Promise.withResolvers<void>();
    fake.#server.listen(0, "127.0.0.1", resolve);
    await promise;
    fake.repository.origin = fake.endpoint;
    return fake;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Method and path of what was asked since the last look. */
  takeRequests(): readonly string[] {
    return this.requests.splice(0).map(({ method, path }) => `${method} ${path}`);
  }

  /** The next `times` requests that fit are answered by `fault`. */
  failNext(pattern: RegExp, fault: Fault, times = 1): void {
    let left = times;
    this.fault = (request, land) => {
      if (left <= 0 || !pattern.test(`${request.method} ${request.url.pathname}`)) return null;
      left -= 1;
      return fault(request, land);
    };
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await read(incoming, this.endpoint);
    const reply = this.fault?.(request, () => this.#land(request)) ?? this.#land(request);
    const { pathname, search } = request.url;
    const entry = {
      method: request.method,
      path: pathname + search,
      status: reply.status,
      isQuotaFree: false,
    };
    this.requests.push(entry);
    if (reply.isHung === true) return;
    if (reply.isCut === true) {
      outgoing.destroy();
      return;
    }
    const text = reply.body === undefined ? "" : JSON.stringify(reply.body);
    const etag = `W/"${createHash("sha256").update(text).digest("hex")}"`;
    const headers = {
      "content-type": "application/json; charset=utf-8",
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": "4999",
      ...(request.method === "GET" && reply.status === 200 ? { etag } : {}),
      ...reply.headers,
    };
    if (request.headers["if-none-match"] === etag && reply.status === 200) {
      entry.isQuotaFree = true;
      entry.status = 304;
      outgoing.writeHead(304, headers).end();
      return;
    }
    outgoing.writeHead(reply.status, headers).end(reply.status === 204 ? undefined : text);
  }

  #land(request: FakeRequest): FakeReply {
    const isKnown = request.headers.authorization === `token ${this.token}`;
    if (!isKnown) return { status: 401, body: { message: "Bad credentials" } };
    if (request.url.pathname === "/graphql") return viewerAnswer(this.repository);
    const key = operationOf(request.method, request.url.pathname);
    if (key === null) return { status: 404, body: { message: "Not Found" } };
    this.#inspector?.request(key, request.url.searchParams, request.body);
    const reply = answer(key, request, this.repository);
    // What a test spoils on purpose is not as GitHub describes it.
    const isSpoilt = [...this.repository.issues.values()].some(
      ({ overrides }) => Object.keys(overrides).length > 0,
    );
    if (!isSpoilt) this.#inspector?.reply(key, reply.status, reply.body);
    return reply;
  }
}

/** The one question that it is asked there; `hasGraphql: false` is a server without. */
function viewerAnswer({ hasGraphql, botName, viewer, isApp }: FakeRepository): FakeReply {
  if (!hasGraphql) return { status: 404, body: { message: "Not Found" } };
  return { status: 200, body: { data: { viewer: { login: isApp ? botName : viewer } } } };
}

async function read(incoming: IncomingMessage, origin: string): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  return {
    method: incoming.method ?? "GET",
    url: new URL(incoming.url ?? "/", origin),
    headers: incoming.headers,
    body: text === "" ? null : (JSON.parse(text) as unknown),
  };
}
