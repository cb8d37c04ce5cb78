import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { orderProblem } from "./described.ts";
import { FakeProject } from "./fake-project.ts";
import { answer } from "./fake-routes.ts";

export interface FakeRequest {
  readonly method: string;
  /** With query. */
  readonly url: URL;
  /** Of the path below `/api/v4`, decoded. */
  readonly segments: readonly string[];
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

export interface FakeReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where it differs from what GitLab describes. */
  readonly problems?: readonly string[];
  /** The connection is cut instead of an answer. */
  readonly isCut?: boolean;
  /** No answer comes. */
  readonly isHung?: boolean;
}

/** What a test puts in place of an answer; `null`: the usual one. `land` performs the request and gives its reply. */
export type Fault = (request: FakeRequest, land: () => FakeReply) => FakeReply | null;

/**
 * GitLab's REST API as far as the adapter uses it, on loopback, with blocking links or without. Each request and each
 * record is held against what GitLab says of them: `problems` has to stay empty.
 */
export class FakeGitlab {
  readonly project: FakeProject = new FakeProject();
  token = "glpat-secretsecretsecret";
  readonly requests: { method: string; path: string; status: number }[] = [];
  readonly problems: string[] = [];
  fault: Fault | null = null;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((incoming, outgoing) => {
      void this.#serve(incoming, outgoing);
    });
  }

  static async start(): Promise<FakeGitlab> {
    const fake = new FakeGitlab();
    const { promise, resolve } = Promise.withResolvers<void>();
    fake.#server.listen(0, "127.0.0.1", resolve);
    await promise;
    fake.project.origin = fake.endpoint;
    for (const name of fake.project.members.keys()) fake.project.idOf(name);
    return fake;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
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
      "content-type": "application/json",
      date: new Date(Date.now() + this.project.skewMs).toUTCString(),
      "ratelimit-limit": "2000",
      "ratelimit-remaining": "1990",
      ...reply.headers,
    };
    const text = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
    outgoing.writeHead(reply.status, headers).end(text);
  }

  #land(request: FakeRequest): FakeReply {
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      return { status: 401, body: { message: "401 Unauthorized" } };
    }
    if (!request.url.pathname.startsWith("/api/v4/")) {
      return { status: 404, body: { error: "404 Not Found" } };
    }
    const sent = typeof request.body === "object" ? Object.keys(request.body ?? {}) : [];
    const names = [...request.url.searchParams.keys(), ...sent];
    const problem = orderProblem(orderOf(request), names);
    if (problem !== null) this.problems.push(problem);
    const reply = answer(request, this.project);
    this.problems.push(...(reply.problems ?? []));
    return reply;
  }
}

/** The request with its parameters named: `GET projects/:id/issues`. */
function orderOf({ method, segments }: FakeRequest): string {
  const words = ["user", "users", "projects", "labels", "issues", "links", "notes", "members", "all"];
  const path = segments.map((segment) => (words.includes(segment) ? segment : ":id"));
  return `${method} ${path.join("/")}`;
}

async function read(incoming: IncomingMessage, origin: string): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const url = new URL(incoming.url ?? "/", origin);
  return {
    method: incoming.method ?? "GET",
    url,
    segments: url.pathname.split("/").slice(3).map(decodeURIComponent),
    headers: incoming.headers,
    body: text === "" ? null : (JSON.parse(text) as unknown),
  };
}
