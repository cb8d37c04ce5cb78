import { once } from "node:events";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { ApiErrors } from "./api-errors.ts";
import { rateLimit } from "./rate-limit.ts";
import { RestClient } from "./rest-client.ts";
import type { RestClientOptions, RestDialect } from "./rest-client.ts";
import { retryAfterMs } from "./retry-after.ts";

const token = "a token/of ours";
const dialect: RestDialect = {
  errors: new ApiErrors({
    name: "Desk",
    token: "Give it a token.",
    rights: () => "Give it rights.",
    elsewhere: "it moved",
    address: "Write the new address.",
    outage: "status.example.com says more",
    payload: "Look at the endpoint.",
    pages: "`Link`",
  }),
  rateLimitOf: ({ status, headers }, now) => {
    const scope = headers["x-scope"] === "place" ? "place" : "account";
    return status === 429 ? rateLimit(retryAfterMs(headers, now) ?? 60_000, scope) : null;
  },
  usedUpMs: (headers) => Number(headers["x-quiet-ms"] ?? 0),
  messageOf: (text) => text,
};

async function desk(
  answer: RequestListener,
  options: Partial<RestClientOptions> = {},
): Promise<{
  client: RestClient;
  signal: AbortSignal;
  asked: string[];
  pass: (ms: number) => void;
}> {
  const asked: string[] = [];
  let passed = 0;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const client = new RestClient(dialect, {
    root: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    authorization: `Bearer ${token}`,
    secrets: [token],
    timeoutMs: 10_000,
    writeIntervalMs: 0,
    fetch,
    now: () => Date.now() + passed,
    ...options,
  });
  const pass = (milliseconds: number): void => {
    passed += milliseconds;
  };
  return { client, signal: AbortSignal.timeout(20_000), asked, pass };
}

const get = { method: "GET", path: "/issues" } as const;
const post = { method: "POST", path: "/issues", body: {} } as const;

describe("a reply", () => {
  it("that is JSON is data, and an empty one is null", async () => {
    const { client, signal, asked } = await desk(({ method }, response) =>
      response.end(method === "GET" ? "[1]" : ""),
    );
    const query = [["label[]", "a b"]] as const;
    expect(await client.send({ ...get, query }, signal)).toMatchObject({ data: [1] });
    expect(await client.write(post, signal)).toMatchObject({ data: null });
    expect(asked).toEqual(["GET /issues?label%5B%5D=a+b", "POST /issues"]);
  });

  it.each([
    [200, "<html>", "tracker_payload", false],
    [302, "", "tracker_config", false],
    [401, "", "tracker_auth", false],
    [403, "", "tracker_auth", false],
    [404, "", "tracker_status", false],
    [409, "", "tracker_status", true],
    [422, "", "tracker_status", false],
    [503, "", "tracker_status", true],
  ])("R-314 %i %j is %s, and has a remedy", async (status, body, code, retryable) => {
    const { client, signal, asked } = await desk((_, response) =>
      response.writeHead(status, { location: "/elsewhere" }).end(body),
    );
    const remedy = expect.stringMatching(/\.$/);
    await expect(client.send(get, signal)).rejects.toMatchObject({ code, retryable, remedy });
    expect(asked).toEqual(["GET /issues"]);
  });

  it("R-314 that is too large is refused before it is read", async () => {
    let sent = 0;
    const endless = async (): Promise<Response> =>
      new Response(
        new ReadableStream<Uint8Array>({
          pull(controller) {
            sent += 1;
            controller.enqueue(new Uint8Array(1_048_576));
          },
        }),
      );
    const { client, signal } = await desk(() => null, { fetch: endless });
    await expect(client.send(get, signal)).rejects.toMatchObject({
      code: "tracker_payload",
      message: expect.stringContaining("32 MB"),
    });
    expect(sent).toBeLessThan(40);
  });

  it("R-314 that does not come, or half of it, is tracker_transport", async () => {
    const hung = await desk(() => null, { timeoutMs: 100 });
    await expect(hung.client.send(get, hung.signal)).rejects.toMatchObject({
      code: "tracker_transport",
      retryable: true,
      message: expect.stringContaining("100 ms"),
    });
    const cut = await desk((_, response) => {
      response.writeHead(200, { "content-length": "9" }).write("[1,", () => response.destroy());
    });
    await expect(cut.client.send(get, cut.signal)).rejects.toMatchObject({
      code: "tracker_transport",
      retryable: true,
    });
  });

  it("R-325 puts no secret into an error", async () => {
    const { client, signal } = await desk((request, response) =>
      response
        .writeHead(400)
        .end(`${request.headers.authorization} ${encodeURIComponent(token)} ${"x".repeat(900)}`),
    );
    const error: unknown = await client.send(get, signal).catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: 9 })).not.toContain(token);
    expect(inspect(error, { depth: 9 })).not.toContain(encodeURIComponent(token));
    expect(error).toMatchObject({ message: expect.stringMatching(/^.{400,600}$/) });
  });
});

describe("a limit", () => {
  it("R-321 is waited for by every request, until it is over", async () => {
    let isLimited = true;
    const { client, signal, asked, pass } = await desk((_, response) => {
      if (isLimited) response.writeHead(429, { "retry-after": "30" });
      response.end("[]");
    });
    for (const order of [get, post]) {
      await expect(client.send(order, signal)).rejects.toMatchObject({
        code: "tracker_rate_limited",
        retryable: true,
      });
    }
    expect(asked).toHaveLength(1);
    isLimited = false;
    pass(30_001);
    expect(await client.send(get, signal)).toMatchObject({ data: [] });
  });

  it("R-321 of one place leaves the others alone", async () => {
    const { client, signal, asked } = await desk(({ url }, response) => {
      if (url === "/busy") response.writeHead(429, { "x-scope": "place" });
      response.end("[]");
    });
    const busy = { method: "GET", path: "/busy", place: "busy" } as const;
    await expect(client.send(busy, signal)).rejects.toThrow("60 s");
    await expect(client.send(busy, signal)).rejects.toThrow("its rate limit was reached");
    await client.send(get, signal);
    expect(asked).toEqual(["GET /busy", "GET /issues"]);
  });

  it("R-321 is an hour at most, also when the clock is set back", async () => {
    const { client, signal, pass } = await desk((_, response) =>
      response.setHeader("x-quiet-ms", "60000").end("[]"),
    );
    await client.send(get, signal);
    await expect(client.send(get, signal)).rejects.toThrow("the limit of requests is used up");
    pass(-7_200_000);
    await client.send(get, signal);
    expect(rateLimit(9e9, "account")).toMatchObject({ waitMs: 3_600_000, isClamped: true });
    expect(rateLimit(0, "account")).toMatchObject({ waitMs: 1_000, isClamped: false });
  });
});

describe("writes", () => {
  it("come one by one, and can be given up while they wait for their time", async () => {
    const { client, signal, asked } = await desk((_, response) => response.end("{}"), {
      writeIntervalMs: 60_000,
    });
    await client.write(post, signal);
    const given = new AbortController();
    const second = client.write(post, given.signal);
    setImmediate(() => given.abort(new Error("drained")));
    await expect(second).rejects.toThrow("drained");
    await client.send(get, signal);
    expect(asked).toEqual(["POST /issues", "GET /issues"]);
  });
});
