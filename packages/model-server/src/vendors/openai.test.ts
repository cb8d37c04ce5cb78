import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startModelServer, type ModelServer } from "../model-server.ts";

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

type Body = Readonly<Record<string, unknown>>;
interface Event {
  readonly type: string;
  readonly sequence_number?: number;
  readonly [field: string]: unknown;
}

const ask = { type: "message", role: "user", content: [{ type: "input_text", text: "Do it" }] };
const call = { type: "function_call", call_id: "c", name: "exec_command", arguments: "{}" };
const output = { type: "function_call_output", call_id: "c", output: "" };
const shell = {
  type: "function",
  name: "exec_command",
  parameters: { properties: { cmd: { type: "string" } } },
};
const standard: Body = { model: "m", input: [ask], tools: [shell] };

function send(scenario: string, body: Body): Promise<Response> {
  return fetch(`${server.scenarioUrl(scenario)}/v1/responses`, {
    method: "POST",
    headers: { authorization: "Bearer local" },
    body: JSON.stringify(body),
  });
}

async function events(scenario: string, changes: Body = {}): Promise<readonly Event[]> {
  const response = await send(scenario, { ...standard, ...changes, stream: true });
  return [...(await response.text()).matchAll(/^data: (.*)$/gm)].map(
    ([, data = ""]) => JSON.parse(data) as Event,
  );
}

function done(all: readonly Event[]): unknown {
  return all.findLast((event) => event.type === "response.output_item.done")?.["item"];
}

describe("a stream", () => {
  it("says a text in pieces and ends with the whole response", async () => {
    const all = await events("text:Hello");
    expect(all.map((event) => event.type)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(all.map((event) => event.sequence_number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(all.at(-1)).toMatchObject({
      response: {
        status: "completed",
        output: [{ type: "message", content: [{ type: "output_text", text: "Hello" }] }],
        usage: {
          input_tokens: 150,
          input_tokens_details: { cached_tokens: 50 },
          output_tokens: 20,
        },
      },
    });
  });

  it("calls a tool, also one of a namespace in the input", async () => {
    expect(done(await events("run:ls"))).toMatchObject({
      type: "function_call",
      name: "exec_command",
      arguments: '{"cmd":"ls"}',
    });
    const tools = [{ type: "namespace", name: "box", tools: [shell] }];
    const hidden = { tools: [], input: [{ type: "additional_tools", tools }, ask] };
    expect(done(await events("run:ls", hidden))).toMatchObject({ namespace: "box" });
  });

  it("thinks, refuses, and stops for want of tokens", async () => {
    const thought = await events("thinking+text", { reasoning: { summary: "auto" } });
    expect(thought.map((event) => event.type)).toContain("response.reasoning_summary_text.delta");
    expect((await events("refusal")).map((event) => event.type)).toContain("response.refusal.done");
    expect((await events("max-tokens")).at(-1)).toMatchObject({
      type: "response.incomplete",
      response: { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
    });
  });

  it("tells of a full context and of an error in the stream itself", async () => {
    expect(await events("context-exceeded")).toMatchObject([
      { type: "response.failed", response: { error: { code: "context_length_exceeded" } } },
    ]);
    expect((await events("stream-error")).at(-1)).toMatchObject({ type: "response.failed" });
  });
});

it.each([
  ["rate-limit", 429, "rate_limit_exceeded"],
  ["billing", 429, "insufficient_quota"],
  ["unauthorized", 401, "invalid_api_key"],
  ["overloaded", 503, "server_is_overloaded"],
  ["server-error", 500, null],
  ["context-exceeded", 400, "context_length_exceeded"],
  ["unknown-model", 404, "model_not_found"],
  ["invalid", 400, null],
])("%s: %i %s", async (scenario, status, code) => {
  const response = await send(scenario, standard);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { code } });
});

it("tells when the quota is there again", async () => {
  const response = await send("quota:3600", standard);
  expect(response.headers.get("x-codex-primary-used-percent")).toBe("100");
  expect(await response.json()).toMatchObject({
    error: { type: "usage_limit_reached", resets_in_seconds: 3600 },
  });
  const warned = await send("quota-used:85", standard);
  expect(warned.headers.get("x-codex-primary-used-percent")).toBe("85");
});

it.each<[string, Body, string]>([
  [
    "a call without its output",
    { input: [ask, call] },
    "No tool output found for function call c.",
  ],
  [
    "an output without its call",
    { input: [ask, output] },
    "No tool call found for function call output",
  ],
  ["no model", { model: undefined }, "model"],
])("refuses %s", async (_title, changes, message) => {
  const response = await send("text", { ...standard, ...changes });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(message);
});

it("takes a plain text, and needs a key", async () => {
  const response = await send("text", { model: "m", input: "Do it" });
  expect(await response.json()).toMatchObject({ object: "response", status: "completed" });
  const keyless = await fetch(`${server.scenarioUrl("text")}/v1/responses`, { method: "POST" });
  expect(keyless.status).toBe(401);
});

it("counts tokens and lists models", async () => {
  const url = `${server.scenarioUrl("text")}/v1`;
  const headers = { authorization: "Bearer local" };
  const body = JSON.stringify(standard);
  const count = await fetch(`${url}/responses/input_tokens`, { method: "POST", headers, body });
  expect(await count.json()).toMatchObject({ input_tokens: expect.any(Number) });
  const models = await fetch(`${url}/models`, { headers });
  expect(await models.json()).toMatchObject({ object: "list" });
});
