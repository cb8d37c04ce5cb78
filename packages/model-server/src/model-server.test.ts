import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startModelServer, type ModelServer } from "./model-server.ts";
import { scenario } from "./scenario/parse-scenario.ts";

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer();
});
afterEach(() => server.close());

const ask = { role: "user", content: "Do it" };

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-api-key": "local",
      "anthropic-version": "2023-06-01",
    },
    body: JSON.stringify(body),
  });
}

function messages(name: string, changes: object = {}): Promise<Response> {
  const body = { model: "m", max_tokens: 100, messages: [ask], ...changes };
  return post(`${server.scenarioUrl(name)}/v1/messages`, body);
}

describe("the server", () => {
  it("starts on a free port of the loopback interface, and closes twice", async () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await server.close();
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow("fetch failed");
  });

  it("closes while a request waits for ever", async () => {
    const answer = messages("hang").catch((error: unknown) => error);
    await expect.poll(() => server.requests().length).toBe(1);
    await server.close();
    expect(await answer).toBeInstanceOf(TypeError);
  });

  it("rejects where the port is taken", async () => {
    const port = Number(new URL(server.url).port);
    await expect(startModelServer({ port })).rejects.toThrow("EADDRINUSE");
  });

  it("records what it was asked", async () => {
    await messages("text");
    await messages("text:another");
    expect(server.requests()).toHaveLength(2);
    expect(server.requests("text")).toMatchObject([
      {
        scenario: "text",
        vendor: "anthropic",
        endpoint: "generate",
        path: "/s/text/v1/messages",
        headers: { "x-api-key": "local" },
        body: { messages: [ask] },
      },
    ]);
  });

  it("refuses a body of more than 32 MiB as the service does", async () => {
    const response = await messages("text", { system: "x".repeat(33 * 1024 * 1024) });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: { type: "request_too_large" } });
  });

  it("survives clients that break off, and requests that are no HTTP", async () => {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write("POST /s/text/v1/messages HTTP/1.1\r\ncontent-length: 1000\r\n\r\n{");
    socket.destroy();
    const noise = connect(Number(port), "127.0.0.1");
    noise.on("error", () => noise.destroy());
    noise.end("\0\r\n\r\n");
    const aborted = new AbortController();
    const slow = fetch(`${server.scenarioUrl("slow:10000")}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": "local", "anthropic-version": "1" },
      body: JSON.stringify({ model: "m", max_tokens: 1, messages: [ask], stream: true }),
      signal: aborted.signal,
    });
    await (await slow).body?.getReader().read();
    aborted.abort();
    expect((await messages("text")).status).toBe(200);
  });

  it("answers a path that no service has with 404", async () => {
    const response = await fetch(`${server.url}/v1/messages`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("no service at GET /v1/messages");
  });
});

describe("scenarios", () => {
  it("names the ones there are where one is unknown", async () => {
    expect(() => server.scenarioUrl("writefile")).toThrow(
      /there is no scenario "writefile".*write-file/,
    );
    const response = await post(`${server.url}/s/writefile/v1/messages`, {});
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('model server: there is no scenario \\"writefile\\"');
  });

  it("refuses a modifier after its script, and a parameter that is not encoded", () => {
    expect(() => server.scenarioUrl("text+slow")).toThrow("at this place");
    expect(() => server.scenarioUrl("text:100%")).toThrow("not percent-encoded");
  });

  it("takes any text as a parameter", async () => {
    const text = 'a, b: c/d + 2*e ? # & % "ü" 🚦\n';
    const response = await messages(scenario("text", text));
    expect(await response.json()).toMatchObject({ content: [{ type: "text", text }] });
  });

  it("goes through its phases by the number of requests, each scenario on its own", async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      statuses.push((await messages("2*overloaded,server-error,text")).status);
    }
    expect(statuses).toEqual([529, 529, 500, 200]);
    expect((await messages("1*overloaded,text")).status).toBe(529);
  });

  it("answers what an agent asks for itself without counting it", async () => {
    const title = await messages("1*overloaded,write-file:a.txt");
    expect(await title.json()).toMatchObject({ stop_reason: "end_turn" });
    const tools = [{ name: "bash", type: "bash_20250124" }];
    expect((await messages("1*overloaded,write-file:a.txt", { tools })).status).toBe(529);
  });

  it("says which tool a scenario lacks", async () => {
    const response = await messages("write-file:a.txt", { tools: [{ name: "weather" }] });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("no tool of [weather] can");
  });

  it("sends a line of 10 MB as one event", async () => {
    const response = await messages("huge-line:10000000", { stream: true });
    const lines = (await response.text()).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeGreaterThan(10_000_000);
  });

  it("sends a long answer without holding it", async () => {
    const response = await messages("long:1000000000", { stream: true });
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(first?.done).toBe(false);
    await reader?.cancel();
    expect(process.memoryUsage().rss).toBeLessThan(1_000_000_000);
  });
});
