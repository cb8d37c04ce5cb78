import { afterAll, beforeAll, expect, it } from "vitest";
import { startModelServer, type ModelServer } from "../model-server.ts";

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

type Body = Readonly<Record<string, unknown>>;
const ask = { role: "user", parts: [{ text: "Do it" }] };
const call = { role: "model", parts: [{ functionCall: { name: "run_shell_command", args: {} } }] };
const response = {
  role: "user",
  parts: [{ functionResponse: { name: "run_shell_command", response: {} } }],
};
const shell = {
  name: "run_shell_command",
  parametersJsonSchema: { type: "object", properties: { command: { type: "string" } } },
};
const standard: Body = { contents: [ask], tools: [{ functionDeclarations: [shell] }] };

function send(scenario: string, method: string, body: Body): Promise<Response> {
  return fetch(`${server.scenarioUrl(scenario)}/v1beta/models/gemini-local:${method}`, {
    method: "POST",
    headers: { "x-goog-api-key": "local" },
    body: JSON.stringify(body),
  });
}

it("streams a text, the reason to stop, and the usage", async () => {
  const stream = await send("text:Hello", "streamGenerateContent?alt=sse", standard);
  const chunks: unknown[] = [...(await stream.text()).matchAll(/^data: (.*)$/gm)].map(
    ([, data = ""]) => JSON.parse(data) as unknown,
  );
  expect(chunks).toMatchObject([
    { candidates: [{ content: { role: "model", parts: [{ text: "Hello" }] } }] },
    {
      candidates: [{ finishReason: "STOP" }],
      modelVersion: "gemini-local",
      usageMetadata: {
        promptTokenCount: 150,
        cachedContentTokenCount: 50,
        candidatesTokenCount: 20,
        totalTokenCount: 170,
      },
    },
  ]);
});

it("calls a tool and goes on after its response", async () => {
  const first = await send("run:ls", "generateContent", standard);
  expect(await first.json()).toMatchObject({
    candidates: [
      {
        content: {
          parts: [
            { text: "I will run a command." },
            { functionCall: { name: "run_shell_command", args: { command: "ls" } } },
          ],
        },
      },
    ],
  });
  const contents = [ask, call, response];
  const second = await send("run:ls", "generateContent", { ...standard, contents });
  expect(await second.json()).toMatchObject({
    candidates: [{ content: { parts: [{ text: "All done." }] }, finishReason: "STOP" }],
  });
});

it("answers by a schema, whatever the script says", async () => {
  const responseJsonSchema = {
    type: "object",
    properties: {
      reasoning: { type: "string" },
      next_speaker: { type: "string", enum: ["user", "model"] },
      score: { type: "integer", minimum: 7 },
      is_hard: { type: "boolean" },
      reasons: { type: "array" },
    },
  };
  const answer = await send("overloaded", "generateContent", {
    contents: [ask],
    generationConfig: { responseMimeType: "application/json", responseJsonSchema },
  });
  const body = (await answer.json()) as {
    readonly candidates: readonly {
      readonly content: { readonly parts: readonly { readonly text: string }[] };
    }[];
  };
  expect(JSON.parse(body.candidates[0]?.content.parts[0]?.text ?? "")).toEqual({
    reasoning: "Work on the issue",
    next_speaker: "user",
    score: 7,
    is_hard: false,
    reasons: [],
  });
});

it.each([
  ["rate-limit:5", 429, "RESOURCE_EXHAUSTED", '"retryDelay":"5s"'],
  ["quota", 429, "RESOURCE_EXHAUSTED", "PerDay"],
  ["billing", 403, "PERMISSION_DENIED", "billing"],
  ["unauthorized", 400, "INVALID_ARGUMENT", "API_KEY_INVALID"],
  ["overloaded", 503, "UNAVAILABLE", "overloaded"],
  ["server-error", 500, "INTERNAL", "internal error"],
  ["context-exceeded", 400, "INVALID_ARGUMENT", "exceeds the maximum number of tokens"],
  ["unknown-model", 404, "NOT_FOUND", "models/gemini-local is not found"],
])("%s: %i %s", async (scenario, code, status, detail) => {
  const failed = await send(scenario, "generateContent", standard);
  expect(failed.status).toBe(code);
  const text = await failed.text();
  expect(JSON.parse(text)).toMatchObject({ error: { code, status } });
  expect(text).toContain(detail);
});

it.each<[string, Body, string]>([
  ["a call without its response", { contents: [ask, call] }, "followed by a function response"],
  [
    "a call with a text after it",
    { contents: [ask, call, ask] },
    "equal to the number of function call",
  ],
  [
    "a response without its call",
    { contents: [ask, response] },
    "equal to the number of function call",
  ],
  ["an answer first", { contents: [call] }, "start with a user turn"],
  ["nothing said", { contents: [] }, "contents is not specified"],
])("refuses %s", async (_title, changes, message) => {
  const refused = await send("text", "generateContent", { ...standard, ...changes });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain(message);
});

it("refuses a request without a key", async () => {
  const url = `${server.scenarioUrl("text")}/v1beta/models/gemini-local:generateContent`;
  const body = JSON.stringify(standard);
  const refused = await fetch(url, { method: "POST", body });
  expect(await refused.text()).toContain("API_KEY_INVALID");
});

it("counts tokens and lists models", async () => {
  const count = await send("text", "countTokens", standard);
  expect(await count.json()).toEqual({ totalTokens: expect.any(Number) });
  const models = await fetch(`${server.scenarioUrl("text")}/v1beta/models`);
  expect(await models.json()).toMatchObject({ models: [{ name: "models/gemini-local" }] });
});
