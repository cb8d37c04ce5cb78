import { Anthropic } from "@anthropic-ai/sdk";
import { array, assert, asyncProperty, nat, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { settingsOf } from "../claude-options.ts";
import type { ApiFailure } from "./api-failure.ts";
import { boundedFetch } from "./bounded-fetch.ts";
import { ModelClient, type ModelReply } from "./model-client.ts";

const usage = {
  input_tokens: 7,
  output_tokens: 1,
  cache_read_input_tokens: 3,
  cache_creation_input_tokens: null,
};
const events = [
  {
    type: "message_start",
    message: {
      id: "m",
      type: "message",
      role: "assistant",
      model: "x",
      content: [],
      stop_reason: null,
      usage,
    },
  },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Grüße, 世界 🚂" } },
  { type: "content_block_stop", index: 0 },
  {
    type: "content_block_start",
    index: 1,
    content_block: { type: "tool_use", id: "t", name: "bash", input: {} },
  },
  {
    type: "content_block_delta",
    index: 1,
    delta: { type: "input_json_delta", partial_json: '{"comm' },
  },
  {
    type: "content_block_delta",
    index: 1,
    delta: { type: "input_json_delta", partial_json: 'and":"ls ü"}' },
  },
  { type: "content_block_stop", index: 1 },
  { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 9 } },
  { type: "message_stop" },
];
const bytes = Buffer.from(
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""),
);
const whole = {
  kind: "reply",
  content: [
    { type: "text", text: "Grüße, 世界 🚂" },
    { type: "tool_use", id: "t", name: "bash", input: { command: "ls ü" } },
  ],
  stopReason: "tool_use",
  usage: { model: "m", input: 7, output: 9, cacheRead: 3, cacheWrite: 0 },
};

describe("ModelClient", () => {
  it("R-506 reads the same reply from pieces of any size", async () => {
    for (const size of [1, 2, 3, 7, 64, bytes.length]) {
      expect(await ask(piecesOf(bytes, size))).toMatchObject(whole);
    }
  });

  it("R-506 a stream that is cut at any byte is no reply, and costs what it said it costs", async () => {
    const end = bytes.length - 1;
    for (let length = 0; length < end; length += 1) {
      const spent: unknown[] = [];
      const answer = await ask([bytes.subarray(0, length)], spent);
      expect(answer, `${length} bytes`).toMatchObject({ kind: "failed", code: "transport" });
      const hasBegun = length >= bytes.indexOf("\n\n") + 2;
      expect(spent.length, `${length} bytes`).toBe(hasBegun ? 1 : 0);
    }
  });

  it("R-506 a stream that is damaged anywhere is a reply or a failure, and never a throw", async () => {
    const damage = array(tuple(nat(bytes.length - 1), nat(255)), {
      minLength: 1,
      maxLength: 5,
    });
    await assert(
      asyncProperty(damage, async (changes) => {
        const damaged = Buffer.from(bytes);
        for (const [at, byte] of changes) damaged[at] = byte;
        const { kind } = await ask([damaged]);
        expect(["reply", "failed", "rate-limited", "too-long"]).toContain(kind);
      }),
      { numRuns: 2_000 },
    );
  });
});

function piecesOf(all: Buffer, size: number): readonly Buffer[] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, index) =>
    all.subarray(index * size, (index + 1) * size),
  );
}

async function ask(
  pieces: readonly Buffer[],
  spent: unknown[] = [],
): Promise<ModelReply | ApiFailure> {
  const body = (): ReadableStream =>
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) if (piece.length > 0) controller.enqueue(new Uint8Array(piece));
        controller.close();
      },
    });
  const headers = { "content-type": "text/event-stream" };
  const { messages } = new Anthropic({
    apiKey: "k",
    fetch: boundedFetch(async () => new Response(body(), { headers })),
    logLevel: "off",
  });
  const client = new ModelClient(messages, settingsOf({ apiKey: "k", maxRetries: 0 }), () => 0);
  return client.ask(
    { model: "m", max_tokens: 1, messages: [] },
    {
      signal: new AbortController().signal,
      onActivity: () => undefined,
      onText: () => undefined,
      onLimits: () => undefined,
      onSpent: async (cost) => void spent.push(cost),
      onRetry: () => undefined,
    },
  );
}
