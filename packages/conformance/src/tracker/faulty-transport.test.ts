import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { collectGarbage } from "../backend/collect-garbage.ts";
import { FaultyTransport, type TransportFault } from "../index.ts";

let server: Server;
let origin: string;
let landed: string[];

beforeEach(async () => {
  landed = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    landed.push(`${request.method ?? ""} ${request.url ?? ""} ${await text(request)}`);
    response.writeHead(201, { "x-told": request.headers["x-asked"] ?? "nothing" });
    response.end(JSON.stringify({ landed: landed.length }));
  };
  server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no port");
  origin = `http://127.0.0.1:${address.port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

type Way = readonly [
  name: string,
  (transport: FaultyTransport, init?: RequestInit) => Promise<Response>,
];

const ways: readonly Way[] = [
  ["fetch", async (transport, init) => transport.fetch(`${origin}/a?b=c`, init)],
  ["the proxy", async (transport, init) => fetch(`${await transport.proxy(origin)}/a?b=c`, init)],
];

describe.each(ways)("over %s", (_, send) => {
  it("changes nothing and counts, without a fault", async () => {
    await using transport = new FaultyTransport();
    const headers = { "x-asked": "kept" };
    const response = await send(transport, { method: "PUT", headers, body: "words" });
    expect([response.status, response.headers.get("x-told")]).toEqual([201, "kept"]);
    expect(await response.json()).toEqual({ landed: 1 });
    expect(landed).toEqual(["PUT /a?b=c words"]);
    const url = `${origin}/a?b=c`;
    expect(transport.requests).toMatchObject([{ method: "PUT", url, body: "words" }]);
  });

  it("sends nothing, and counts nothing, once the signal is aborted", async () => {
    await using transport = new FaultyTransport();
    transport.inject({ kind: "reply", reply: () => ({ status: 200, headers: {}, body: "{}" }) });
    const reason = new Error("enough");
    const early = send(transport, { signal: AbortSignal.abort(reason) });
    await expect(early).rejects.toBe(reason);
    const controller = new AbortController();
    const late = send(transport, { method: "PUT", body: "words", signal: controller.signal });
    controller.abort(reason);
    await expect(late).rejects.toBe(reason);
    expect([transport.requests, landed]).toEqual([[], []]);
  });

  it.each<readonly [TransportFault, number]>([
    [{ kind: "no-connection", code: "ECONNREFUSED" }, 0],
    [{ kind: "lost-reply" }, 1],
    [{ kind: "cut" }, 1],
  ])("loses the answer: %o", async (fault, reaches) => {
    await using transport = new FaultyTransport();
    transport.inject(fault);
    const answer = send(transport).then((response) => response.text());
    await expect(answer).rejects.toThrow(TypeError);
    expect(landed).toHaveLength(reaches);
  });

  it("hangs until the call is aborted", async () => {
    await using transport = new FaultyTransport();
    transport.inject({ kind: "hang" });
    const controller = new AbortController();
    const sent = transport.nextRequest();
    const answer = send(transport, { signal: controller.signal });
    await sent;
    controller.abort(new Error("enough"));
    await expect(answer).rejects.toThrow("enough");
    expect(landed).toEqual([]);
  });

  it("hangs no longer than the abort, whatever was collected meanwhile", async () => {
    await using transport = new FaultyTransport();
    transport.inject({ kind: "hang" });
    const controller = new AbortController();
    const sent = transport.nextRequest();
    const answer = send(transport, { signal: AbortSignal.any([controller.signal]) });
    await sent;
    // Behind the request, nothing is left of its frames.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    controller.abort(new Error("enough"));
    await expect(answer).rejects.toThrow("enough");
  });

  it("answers itself, or changes an answer, as often as it was told", async () => {
    await using transport = new FaultyTransport();
    const reply = { status: 429, headers: { "retry-after": "7" }, body: "slowly" };
    transport.inject({ kind: "reply", reply: () => reply }, { on: "read", after: 1, times: 1 });
    transport.inject(
      { kind: "change", change: (kept) => ({ ...kept, body: "changed" }) },
      { on: "write" },
    );
    const answers: string[] = [];
    for (const method of ["GET", "GET", "GET", "POST"]) {
      const response = await send(transport, { method });
      answers.push(`${response.status} ${await response.text()}`);
    }
    expect(answers).toEqual(['201 {"landed":1}', "429 slowly", '201 {"landed":2}', "201 changed"]);
    transport.mend();
    expect(await (await send(transport, { method: "POST" })).text()).toBe('{"landed":4}');
  });
});

it("tells GraphQL's mutations from its queries", async () => {
  await using transport = new FaultyTransport();
  transport.inject({ kind: "no-connection", code: "ECONNRESET" }, { on: "write" });
  const post = async (query: string): Promise<Response> =>
    transport.fetch(origin, { method: "POST", body: JSON.stringify({ query }) });
  expect((await post("\n  query Issues { issues }")).status).toBe(201);
  expect((await post("{ issues }")).status).toBe(201);
  await expect(post("\n  mutation Move { move }")).rejects.toThrow("fetch failed");
});
