import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import * as v from "valibot";

/** An issue as the service keeps it, in fields that people can damage. */
export interface StoredIssue {
  readonly id: string;
  readonly title: unknown;
  readonly state: string;
  readonly labels: readonly string[];
  readonly priority: unknown;
  readonly createdAt: unknown;
  readonly held: string | null;
  readonly blockedBy: readonly string[];
  readonly version: number;
}

interface StoredComment {
  readonly key: string | null;
  readonly body: string;
  readonly writtenAt: string;
}

const pageSize = 50;
const stateChange = v.object({ state: v.string() });
const commentBody = v.object({ body: v.string() });
const linkBody = v.object({ url: v.string() });

/** A small issue tracker with a REST interface on loopback, and what a person could do in it. */
export class IssueService {
  readonly issues: Map<string, StoredIssue> = new Map();
  readonly comments: Map<string, readonly StoredComment[]> = new Map();
  readonly links: Map<string, ReadonlySet<string>> = new Map();
  readonly #removedAt = new Map<string, number>();
  readonly #server: Server = createServer((request, response) => {
    void this.#answer(request, response);
  });
  ignoresChanges = false;
  #version = 0;

  async open(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new TypeError("no port");
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  change(id: string, change: Partial<StoredIssue>): void {
    this.#version += 1;
    const version = this.#version;
    const blank = {
      title: "",
      state: "",
      labels: [],
      priority: 2,
      createdAt: new Date(version * 1000).toISOString(),
      held: null,
      blockedBy: [],
    };
    this.issues.set(id, { ...(this.issues.get(id) ?? blank), ...change, id, version });
  }

  remove(id: string): void {
    this.#version += 1;
    this.issues.delete(id);
    this.#removedAt.set(id, this.#version);
  }

  addComment(id: string, key: string | null, body: string): StoredComment {
    const comments = this.comments.get(id) ?? [];
    const known = comments.find((comment) => key !== null && comment.key === key);
    if (known?.body === body) return known;
    const comment = { key, body, writtenAt: new Date().toISOString() };
    const kept = comments.map((other) => (other === known ? comment : other));
    this.comments.set(id, known === undefined ? [...comments, comment] : kept);
    return comment;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://service");
    const body: unknown = request.method === "PUT" ? await json(request) : null;
    const [status, answer] = this.#route(request.method ?? "", url, body);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(answer));
  }

  #route(method: string, url: URL, body: unknown): readonly [number, unknown] {
    const [, , id = "", part = "", key = ""] = url.pathname.split("/").map(decodeURIComponent);
    if (id === "") return [200, this.#page(url.searchParams)];
    const issue = this.issues.get(id);
    if (issue === undefined) return [404, { message: "no such issue" }];
    switch (`${method} ${part}`) {
      case "GET ":
        return [200, this.#told(issue)];
      case "PUT state":
        if (!this.ignoresChanges) this.change(id, v.parse(stateChange, body));
        return [200, {}];
      case "PUT comments":
        return [200, this.addComment(id, key, v.parse(commentBody, body).body)];
      case "GET comments":
        return [200, (this.comments.get(id) ?? []).filter((comment) => comment.key === null)];
      case "PUT links":
        this.links.set(id, new Set([...(this.links.get(id) ?? []), v.parse(linkBody, body).url]));
        return [200, {}];
      case "PUT claim":
      case "DELETE claim":
        return [200, {}];
      default:
        return [405, { message: "no such method" }];
    }
  }

  #page(query: URLSearchParams): unknown {
    const states = query.get("states")?.split(",");
    const ids = query.get("ids")?.split(",");
    const since = Number(query.get("since") ?? 0);
    const wanted = [...this.issues.values()].filter(
      ({ id, state, version }) =>
        (states?.includes(state.toLowerCase()) ?? true) &&
        (ids?.includes(id) ?? true) &&
        version > since,
    );
    const start = Number(query.get("after") ?? 0);
    const end = start + pageSize;
    const hasMore = end < wanted.length;
    return {
      issues: wanted.slice(start, end).map((issue) => this.#told(issue)),
      removed: [...this.#removedAt].flatMap(([id, at]) => (at > since ? id : [])),
      version: this.#version,
      hasMore,
      next: hasMore ? `${end}` : null,
    };
  }

  #told(issue: StoredIssue): object {
    const blockedBy = issue.blockedBy.map((id) => ({ id, state: this.issues.get(id)?.state ?? null }));
    return { ...issue, blockedBy };
  }
}
