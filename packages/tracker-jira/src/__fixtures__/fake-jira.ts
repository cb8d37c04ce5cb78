import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { orderProblem } from "./described.ts";
import { FakeWorld } from "./fake-world.ts";
import type { FakeFlavour } from "./fake-world.ts";
import { answer } from "./fake-routes.ts";

export interface FakeRequest {
  readonly method: string;
  /** With query. */
  readonly url: URL;
  /** Of the path below the version of the API, decoded. */
  readonly segments: readonly string[];
  readonly headers: IncomingMessage["headers"];
  readonly body: Readonly<Record<string, unknown>>;
}

export interface FakeReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where it differs from what Jira describes. */
  readonly problems?: readonly string[];
  /** The connection is cut instead of an answer. */
  readonly isCut?: boolean;
  /** No answer comes. */
  readonly isHung?: boolean;
}

/** What a test puts in place of an answer; `null`: the usual one. `land` performs the request and gives its reply. */
export type Fault = (request: FakeRequest, land: () => FakeReply) => FakeReply | null;

/**
 * Jira's REST API as far as the adapter uses it, on loopback, of Cloud or of a Data Center below a path of its own.
 * Each request and each record is held against what Jira says of them: `problems` has to stay empty.
 */
export class FakeJira {
  readonly world: FakeWorld;
  token = "secretsecretsecret";
  /** With its colon of a length that three divides: base64 of the pair ends with that of the token. */
  readonly email = "workers@tide.example";
  readonly requests: { method: string; path: string; status: number }[] = [];
  readonly problems: string[] = [];
  fault: Fault | null = null;
  /** It names failed logins in a header. */
  tellsLogins = true;
  readonly #server: Server;

  private constructor(flavour: FakeFlavour) {
    this.world = new FakeWorld(flavour);
    this.#server = createServer((incoming, outgoing) => {
      void this.#serve(incoming, outgoing);
    });
  }

  static async start(flavour: FakeFlavour): Promise<FakeJira> {
    const fake = new FakeJira(flavour);
    const { promise, resolve } = Promise.withResolvers<void>();
    fake.#server.listen(0, "127.0.0.1", resolve);
    await promise;
    fake.world.origin = fake.endpoint;
    return fake;
  }

  get endpoint(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}${this.world.flavour === "cloud" ? "" : "/jira"}`;
  }

  /** Method and decoded path of what was asked since the last look. */
  takeRequests(): readonly string[] {
    const taken = this.requests.splice(0);
    return taken.map(({ method, path }) => `${method} ${decodeURIComponent(path)}`);
  }

  /** The next `times` requests that fit are answered by `fault`. */
  failNext(pattern: RegExp, fault: Fault, times = 1): void {
    let left = times;
    this.fault = (request, land) => {
      const name = `${request.method} /${request.segments.join("/")}`;
      if (left <= 0 || !pattern.test(name)) return null;
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
    this.requests.push({ method: request.method, path: pathname + search, status: reply.status });
    if (reply.isHung === true) return;
    if (reply.isCut === true) {
      outgoing.destroy();
      return;
    }
    const headers = {
      "content-type": "application/json;charset=UTF-8",
      date: new Date(Date.now() + this.world.skewMs).toUTCString(),
      ...reply.headers,
    };
    const text = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body ?? "");
    outgoing.writeHead(reply.status, headers).end(reply.body === undefined ? "" : text);
  }

  #land(request: FakeRequest): FakeReply {
    const { flavour } = this.world;
    const version = flavour === "cloud" ? "3" : "2";
    const place = flavour === "cloud" ? "" : "/jira";
    const { pathname } = request.url;
    const isInfo = pathname === `${place}/rest/api/2/serverInfo`;
    if (!isInfo && !pathname.startsWith(`${place}/rest/api/${version}/`)) {
      return { status: 404, body: "<html>dead link</html>" };
    }
    const pair = Buffer.from(`${this.email}:${this.token}`).toString("base64");
    const right = flavour === "cloud" ? `Basic ${pair}` : `Bearer ${this.token}`;
    const isKnown = request.headers.authorization === right;
    // Everybody may ask what it is.
    if (!isInfo && !isKnown && (flavour === "data-center" || pathname.endsWith("/myself"))) {
      return { status: 401, body: { message: "Client must be authenticated to access this resource." } };
    }
    if (!isKnown) return this.#toNobody(request);
    const sent = { ...Object.fromEntries(request.url.searchParams), ...request.body };
    const problem = orderProblem(flavour, orderOf(request), sent);
    if (problem !== null) this.problems.push(problem);
    const reply = answer(request, this.world);
    this.problems.push(...(reply.problems ?? []));
    return reply;
  }

  /** Cloud answers a login that it does not know as it answers those who have none, and says so beside. */
  #toNobody(request: FakeRequest): FakeReply {
    const isVisible = this.world.isVisible;
    this.world.isVisible = false;
    const reply = answer(request, this.world);
    this.world.isVisible = isVisible;
    const headers = this.tellsLogins ? { "x-seraph-loginreason": "AUTHENTICATED_FAILED" } : {};
    return { ...reply, headers };
  }
}

const words = [
  ...["myself", "serverInfo", "project", "statuses", "issue", "transitions", "comment", "remotelink"],
  ...["search", "jql", "bulkfetch", "list", "user", "assignable"],
];

/** The request with its parameters named: `GET issue/:id`. */
function orderOf({ method, segments }: FakeRequest): string {
  const path = segments.map((segment) => (words.includes(segment) ? segment : ":id"));
  return `${method} ${path.join("/")}`;
}

async function read(incoming: IncomingMessage, origin: string): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const url = new URL(incoming.url ?? "/", origin);
  const [, below = ""] = url.pathname.split(/\/rest\/api\/\d\//);
  return {
    method: incoming.method ?? "GET",
    url,
    segments: below.split("/").map(decodeURIComponent),
    headers: incoming.headers,
    body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}
