import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startModelServer, type ModelServer } from "../model-server.ts";

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

type Body = Readonly<Record<string, unknown>>;
const ask = { role: "user", content: "Do it" };
const call = { type: "tool_use", id: "a", name: "bash", input: {} };
const result = { type: "tool_result", tool_use_id: "a", content: "" };
const bash = { name: "bash", type: "bash_20250124" };
const standard: Body = { model: "m", max_tokens: 100, messages: [ask], tools: [bash] };

function send(
  scenario: string,
  body: Body,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${server.scenarioUrl(scenario)}/v1/messages?beta=true`, {
    method: "POST",
    headers: { "x-api-key": "local", "anthropic-version": "2023-06-01", ...headers },
    body: JSON.stringify(body),
  });
}

interface Event {
  readonly type: string;
  readonly [field: string]: unknown;
}

async function events(scenario: string, changes: Body = {}): Promise<readonly Event[]> {
  const response = await send(scenario, { ...standard, ...changes, stream: true });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  return parse(await response.text());
}

function parse(text: string): readonly Event[] {
  return text
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => {
      const [, name, data = ""] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      const event = JSON.parse(data) as Event;
      expect(event.type).toBe(name);
      return event;
    });
}

describe("a stream", () => {
  it("says a text in pieces, then why it stopped and what it cost", async () => {
    const all = await events("text:Hello");
    expect(all.map((event) => event.type)).toEqual([
      "message_start",
      "ping",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    expect(all[3]).toMatchObject({ index: 0, delta: { type: "text_delta", text: "Hello" } });
    expect(all[5]).toMatchObject({
      delta: { stop_reason: "end_turn" },
      usage: {
        input_tokens: 100,
        cache_read_input_tokens: 50,
        cache_creation_input_tokens: 10,
        output_tokens: 20,
      },
    });
  });

  it("calls a tool with its input in pieces", async () => {
    const all = await events("run:ls");
    const json = all
      .map((event) => event["delta"] as { partial_json?: string } | undefined)
      .map((delta) => delta?.partial_json ?? "")
      .join("");
    expect(JSON.parse(json)).toEqual({ command: "ls" });
    expect(all.at(-2)).toMatchObject({ delta: { stop_reason: "tool_use" } });
  });

  it("thinks where the request wants it, and signs what it thought", async () => {
    expect(JSON.stringify(await events("thinking+text"))).not.toContain("thinking");
    const all = await events("thinking+text", { thinking: { type: "adaptive" } });
    expect(all.filter((event) => event.type === "content_block_delta")).toMatchObject([
      { delta: { type: "thinking_delta" } },
      { delta: { type: "signature_delta" } },
      { delta: { type: "text_delta" } },
    ]);
  });

  it("ends with an error, which a request without a stream gets as its status", async () => {
    const all = await events("stream-error");
    expect(all.at(-1)).toEqual({
      type: "error",
      error: { type: "overloaded_error", message: "Overloaded" },
    });
    expect((await send("stream-error", standard)).status).toBe(529);
  });

  it("breaks off, and says something that is no JSON", async () => {
    const cut = await send("cut", { ...standard, stream: true });
    await expect(cut.text()).rejects.toThrow("terminated");
    const garbage = await send("garbage", { ...standard, stream: true });
    expect((await garbage.text()).trimEnd().split("\n").at(-1)).toBe('data: {"type":"message_');
    await expect(send("reset", standard)).rejects.toThrow("fetch failed");
  });

  it("stands still", async () => {
    const stalled = await send("stall", { ...standard, stream: true });
    const reader = stalled.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await reader?.cancel();
  });
});

describe("the way to stop", () => {
  it.each([
    ["text", "end_turn"],
    ["write-file:a.txt", "tool_use"],
    ["max-tokens", "max_tokens"],
    ["refusal", "refusal"],
    ["context-stop", "model_context_window_exceeded"],
    ["pause-turn", "pause_turn"],
    ["empty", "end_turn"],
  ])("%s: %s", async (scenario, stopReason) => {
    const response = await send(scenario, standard);
    expect(await response.json()).toMatchObject({ role: "assistant", stop_reason: stopReason });
  });

  it("goes on after as many pauses as the scenario wants", async () => {
    let content: readonly unknown[] = [];
    const stops: unknown[] = [];
    for (let index = 0; index < 3; index += 1) {
      const messages = content.length === 0 ? [ask] : [ask, { role: "assistant", content }];
      const answer = (await (await send("pause-turn:2", { ...standard, messages })).json()) as {
        readonly content: readonly unknown[];
        readonly stop_reason: string;
      };
      content = [...content, ...answer.content];
      stops.push(answer.stop_reason);
    }
    expect(stops).toEqual(["pause_turn", "pause_turn", "end_turn"]);
  });
});

describe("a failure", () => {
  it.each([
    ["rate-limit", 429, "rate_limit_error"],
    ["quota", 429, "rate_limit_error"],
    ["billing", 400, "invalid_request_error"],
    ["unauthorized", 401, "authentication_error"],
    ["overloaded", 529, "overloaded_error"],
    ["server-error", 500, "api_error"],
    ["context-exceeded", 400, "invalid_request_error"],
    ["unknown-model", 404, "not_found_error"],
    ["invalid", 400, "invalid_request_error"],
  ])("%s: %i %s", async (scenario, status, type) => {
    const response = await send(scenario, standard);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type: "error", error: { type } });
    expect(response.headers.get("retry-after")).toBe(null);
  });

  it("tells when the limit is lifted, where the scenario says so", async () => {
    const limited = await send("rate-limit:7", standard);
    expect(limited.headers.get("retry-after")).toBe("7");
    const before = Math.floor(Date.now() / 1000);
    const used = await send("quota:3600", standard);
    expect(used.headers.get("anthropic-ratelimit-unified-status")).toBe("rejected");
    const reset = Number(used.headers.get("anthropic-ratelimit-unified-reset"));
    expect(reset).toBeGreaterThanOrEqual(before + 3600);
    const warned = await send("quota-used:85", standard);
    expect(warned.headers.get("anthropic-ratelimit-unified-status")).toBe("allowed_warning");
  });

  it("comes when the window of the model is full", async () => {
    const small = await send("window:1000+text", standard);
    expect(await small.json()).toMatchObject({ usage: { cache_read_input_tokens: 0 } });
    const large = await send("window:1000+text", { ...standard, system: "x".repeat(8000) });
    expect(await large.text()).toMatch(/prompt is too long: 20\d\d tokens > 1000 maximum/);
  });
});

describe("a request that the service refuses", () => {
  it.each<[string, Body, string]>([
    ["no limit of tokens", { max_tokens: undefined }, "max_tokens"],
    ["no message", { messages: [] }, "at least one message is required"],
    ["an answer first", { messages: [{ role: "assistant", content: "x" }] }, "first message must"],
    ["an unknown role", { messages: [{ role: "tool", content: "x" }] }, "messages.0.role"],
    [
      "an empty text",
      { messages: [{ role: "user", content: [{ type: "text", text: "" }] }] },
      "non-empty",
    ],
    ["no content", { messages: [{ role: "user", content: [] }] }, "non-empty content"],
    [
      "a call without its result",
      { messages: [ask, { role: "assistant", content: [call] }, ask] },
      "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: a",
    ],
    [
      "a call at the end",
      { messages: [ask, { role: "assistant", content: [call] }] },
      "messages.1: `tool_use` ids were found without",
    ],
    [
      "a result without its call",
      { messages: [ask, { role: "assistant", content: "x" }, { role: "user", content: [result] }] },
      "unexpected `tool_use_id` found in `tool_result` blocks: a",
    ],
    [
      "two results of a call",
      {
        messages: [
          ask,
          { role: "assistant", content: [call] },
          { role: "user", content: [result, result] },
        ],
      },
      "single result",
    ],
    [
      "a changed thought",
      {
        messages: [
          ask,
          { role: "assistant", content: [{ type: "thinking", thinking: "x", signature: "y" }] },
          ask,
        ],
      },
      "Invalid `signature`",
    ],
    ["two tools of a name", { tools: [bash, bash] }, "Tool names must be unique"],
    [
      "five cache marks",
      {
        system: Array.from({ length: 5 }, () => ({
          type: "text",
          text: "x",
          cache_control: { type: "ephemeral" },
        })),
      },
      "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ],
  ])("%s", async (_title, changes, message) => {
    const response = await send("text", { ...standard, ...changes });
    expect(response.status).toBe(400);
    const body = (await response.json()) as { readonly error: { readonly message: string } };
    expect(body).toMatchObject({ error: { type: "invalid_request_error" } });
    expect(body.error.message).toContain(message);
  });

  it("has no key, or no version", async () => {
    const url = `${server.scenarioUrl("text")}/v1/messages`;
    const body = JSON.stringify(standard);
    expect((await fetch(url, { method: "POST", body })).status).toBe(401);
    const headers = { authorization: "Bearer local" };
    expect((await fetch(url, { method: "POST", body, headers })).status).toBe(400);
  });

  it("is anything but a request", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const response = await fetch(`${server.scenarioUrl("text")}/v1/messages`, {
          method: "POST",
          headers: { "x-api-key": "local", "anthropic-version": "1" },
          body: JSON.stringify(value),
        });
        expect(response.status).toBe(400);
        expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error" } });
      }),
      { numRuns: 50 },
    );
  });
});

describe("beside the messages", () => {
  it("counts tokens and lists models", async () => {
    const headers = { "x-api-key": "local", "anthropic-version": "2023-06-01" };
    const url = server.scenarioUrl("text");
    const count = await fetch(`${url}/v1/messages/count_tokens`, {
      method: "POST",
      headers,
      body: JSON.stringify({ model: "m", messages: [ask] }),
    });
    expect(await count.json()).toEqual({ input_tokens: expect.any(Number) });
    const models = await fetch(`${url}/v1/models`, { headers });
    expect(await models.json()).toMatchObject({ data: [{ type: "model" }] });
  });
});
