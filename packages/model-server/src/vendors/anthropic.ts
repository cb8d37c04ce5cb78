import type { Conversation } from "../conversation.ts";
import { textOf, type Answer, type Block, type StopReason, type Usage } from "../reply.ts";
import { toToolCall } from "../tool-call.ts";
import { quotaHeaders, toAnthropicFailure } from "./anthropic-failure.ts";
import { readAnthropicRequest, signatureOf } from "./anthropic-request.ts";
import { identifier } from "./identifier.ts";
import type { StreamEvent, Vendor } from "./vendor.ts";

const stopReasons: Readonly<Record<StopReason, string>> = {
  end: "end_turn",
  action: "tool_use",
  "max-tokens": "max_tokens",
  pause: "pause_turn",
  refusal: "refusal",
  context: "model_context_window_exceeded",
};

/** The Messages API of Anthropic. */
export const anthropic: Vendor = {
  read: readAnthropicRequest,
  document: (answer, conversation) => ({
    ...envelope(conversation, answer.usage),
    content: answer.blocks.map((block) => contentBlock(block, conversation)),
    stop_reason: stopReasons[answer.stop],
    usage: usageOf(answer.usage, answer.usage.output),
  }),
  events,
  streamError: named({
    type: "error",
    error: { type: "overloaded_error", message: "Overloaded" },
  }),
  failure: toAnthropicFailure,
  headers: ({ quotaPercent }) => ({
    "request-id": identifier("req"),
    ...(quotaPercent === null ? {} : quotaHeaders(quotaPercent, 3600)),
  }),
  tokenCount: ({ inputTokens }) => ({ input_tokens: inputTokens }),
  models: {
    data: [
      {
        type: "model",
        id: "claude-opus-5-5",
        display_name: "Claude Opus 5.5",
        created_at: "2026-01-01T00:00:00Z",
        max_input_tokens: 200_000,
        max_tokens: 128_000,
      },
    ],
    has_more: false,
    first_id: "claude-opus-5-5",
    last_id: "claude-opus-5-5",
  },
};

function* events(answer: Answer, conversation: Conversation): Generator<StreamEvent> {
  yield named({ type: "message_start", message: envelope(conversation, answer.usage) });
  yield named({ type: "ping" });
  for (const [index, block] of answer.blocks.entries()) {
    const content = contentBlock(
      block.kind === "text" ? { ...block, chunks: [] } : block,
      conversation,
    );
    yield named({ type: "content_block_start", index, content_block: emptied(content) });
    for (const delta of deltas(block, content)) {
      yield named({ type: "content_block_delta", index, delta });
    }
    yield named({ type: "content_block_stop", index });
  }
  yield named({
    type: "message_delta",
    delta: { stop_reason: stopReasons[answer.stop], stop_sequence: null },
    usage: usageOf(answer.usage, answer.usage.output),
  });
  yield named({ type: "message_stop" });
}

type Content =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | {
      readonly type: "tool_use";
      readonly id: string;
      readonly name: string;
      readonly input: Readonly<Record<string, unknown>>;
    };

function contentBlock(block: Block, conversation: Conversation): Content {
  switch (block.kind) {
    case "text":
      return { type: "text", text: textOf(block) };
    case "thinking":
      return { type: "thinking", thinking: block.text, signature: signatureOf(block.text) };
    case "action": {
      const { name, input } = toToolCall(block.action, conversation);
      return { type: "tool_use", id: identifier("toolu"), name, input };
    }
  }
}

function emptied(content: Content): Content {
  switch (content.type) {
    case "text":
      return { ...content, text: "" };
    case "thinking":
      return { ...content, thinking: "", signature: "" };
    case "tool_use":
      return { ...content, input: {} };
  }
}

function* deltas(block: Block, content: Content): Generator {
  if (block.kind === "text") {
    for (const text of block.chunks) yield { type: "text_delta", text };
  } else if (content.type === "thinking") {
    yield { type: "thinking_delta", thinking: content.thinking };
    yield { type: "signature_delta", signature: content.signature };
  } else if (content.type === "tool_use") {
    const json = JSON.stringify(content.input);
    const middle = Math.floor(json.length / 2);
    yield { type: "input_json_delta", partial_json: "" };
    yield { type: "input_json_delta", partial_json: json.slice(0, middle) };
    yield { type: "input_json_delta", partial_json: json.slice(middle) };
  }
}

function envelope({ model }: Conversation, usage: Usage): object {
  return {
    id: identifier("msg"),
    type: "message",
    role: "assistant",
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: usageOf(usage, 1),
  };
}

function usageOf(usage: Usage, output: number): object {
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite,
      ephemeral_1h_input_tokens: 0,
    },
    output_tokens: output,
    service_tier: "standard",
  };
}

function named(data: { readonly type: string; readonly [field: string]: unknown }): StreamEvent {
  return { name: data.type, data };
}
