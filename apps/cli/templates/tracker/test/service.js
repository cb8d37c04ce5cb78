import { once } from "node:events";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";

const pageSize = 50;

/** As much of the service as the adapter uses, in memory, on this machine. */
export class Service {
  issues = new Map();
  ignoresTransitions = false;
  #server = createServer((request, response) => this.#answer(request, response));

  async open() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${this.#server.address().port}/tracker/`;
  }

  async close() {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request, response) {
    const url = new URL(request.url, "http://localhost");
    const [, id] = /^\/tracker\/issues\/?([^/]*)/.exec(url.pathname) ?? [];
    const issue = this.issues.get(decodeURIComponent(id ?? "?"));
    if (request.method === "PUT" && issue !== undefined) {
      const { state } = await json(request);
      if (!this.ignoresTransitions) issue.state = state;
    }
    const answer = id === "" ? this.#page(url.searchParams) : issue;
    response.statusCode = answer === undefined ? 404 : 200;
    response.end(JSON.stringify(answer ?? {}));
  }

  #page(query) {
    const states = query.get("states")?.split(",");
    const ids = query.get("ids")?.split(",");
    const found = [...this.issues.values()].filter(
      ({ id, state }) => ids?.includes(id) ?? states.includes(state.toLowerCase()),
    );
    const end = Number(query.get("after") ?? 0) + pageSize;
    const hasMore = end < found.length;
    return { issues: found.slice(end - pageSize, end), hasMore, next: hasMore ? `${end}` : null };
  }
}
