import type { Conversation } from "../conversation.ts";
import { textOf, type Answer, type Block, type Failure, type Usage } from "../reply.ts";
import { toToolCall } from "../tool-call.ts";
import { identifier } from "./identifier.ts";
import { quotaHeaders, toOpenaiFailure } from "./openai-failure.ts";
import { readOpenaiRequest } from "./openai-request.ts";
import type { StreamEvent, Vendor } from "./vendor.ts";

/** The Responses API of OpenAI. */
export const openai: Vendor = {
  read: readOpenaiRequest,
  document: (answer, conversation) =>
    finalResponse(answer, { ...envelope(conversation) }, [...itemsOf(answer, conversation)]),
  events,
  streamError: failed("server_error", "The server had an error while processing your request."),
  failure: toOpenaiFailure,
  failureInStream: ({ reason, message }: Failure) =>
    reason === "context-exceeded"
      ? [
          failed(
            "context_length_exceeded",
            message ?? "Your input exceeds the context window of this model.",
          ),
        ]
      : undefined,
  headers: ({ quotaPercent }) => ({
    "x-request-id": identifier("req"),
    ...(quotaPercent === null ? {} : quotaHeaders(quotaPercent, 3600)),
  }),
  tokenCount: ({ inputTokens }) => ({
    object: "response.input_tokens",
    input_tokens: inputTokens,
  }),
  models: {
    object: "list",
    data: [{ id: "local-model", object: "model", created: 1_767_225_600, owned_by: "local" }],
  },
};

function* events(answer: Answer, conversation: Conversation): Generator<StreamEvent> {
  let sequence = 0;
  const numbered = (data: { readonly type: string }, place: object = {}): StreamEvent => ({
    name: data.type,
    data: { ...data, ...place, sequence_number: sequence++ },
  });
  const response = envelope(conversation);
  yield numbered(typed("response.created", { response }));
  yield numbered(typed("response.in_progress", { response }));
  const output: Item[] = [];
  for (const [index, block] of answer.blocks.entries()) {
    const item = toItem(block, answer, conversation);
    yield numbered(
      typed("response.output_item.added", { output_index: index, item: emptied(item) }),
    );
    for (const part of parts(block, item)) {
      yield numbered(part, { item_id: item.id, output_index: index });
    }
    yield numbered(typed("response.output_item.done", { output_index: index, item }));
    output.push(item);
  }
  const type = isIncomplete(answer) ? "response.incomplete" : "response.completed";
  yield numbered(typed(type, { response: finalResponse(answer, response, output) }));
}

type Item =
  | {
      readonly type: "message";
      readonly id: string;
      readonly role: "assistant";
      readonly status: string;
      readonly content: readonly object[];
    }
  | {
      readonly type: "reasoning";
      readonly id: string;
      readonly summary: readonly { readonly type: "summary_text"; readonly text: string }[];
      readonly encrypted_content: string;
    }
  | {
      readonly type: "function_call";
      readonly id: string;
      readonly call_id: string;
      readonly name: string;
      readonly namespace?: string;
      readonly arguments: string;
      readonly status: string;
    };

function* itemsOf(answer: Answer, conversation: Conversation): Generator<Item> {
  for (const block of answer.blocks) yield toItem(block, answer, conversation);
}

function toItem(block: Block, answer: Answer, conversation: Conversation): Item {
  switch (block.kind) {
    case "text": {
      const text = textOf(block);
      const content =
        answer.stop === "refusal"
          ? { type: "refusal", refusal: text }
          : { type: "output_text", text, annotations: [] };
      return {
        type: "message",
        id: identifier("msg"),
        role: "assistant",
        status: "completed",
        content: [content],
      };
    }
    case "thinking":
      return {
        type: "reasoning",
        id: identifier("rs"),
        summary: [{ type: "summary_text", text: block.text }],
        encrypted_content: Buffer.from(block.text).toString("base64"),
      };
    case "action": {
      const call = toToolCall(block.action, conversation);
      return {
        type: "function_call",
        id: identifier("fc"),
        call_id: identifier("call"),
        name: call.name,
        ...(call.namespace === null ? {} : { namespace: call.namespace }),
        arguments: JSON.stringify(call.input),
        status: "completed",
      };
    }
  }
}

function emptied(item: Item): Item {
  switch (item.type) {
    case "message":
      return { ...item, status: "in_progress", content: [] };
    case "reasoning":
      return { ...item, summary: [] };
    case "function_call":
      return { ...item, status: "in_progress", arguments: "" };
  }
}

function* parts(block: Block, item: Item): Generator<{ readonly type: string }> {
  if (block.kind === "text" && item.type === "message") {
    const [part = {}] = item.content;
    const isRefusal = "refusal" in part;
    const name = isRefusal ? "response.refusal" : "response.output_text";
    const empty = isRefusal
      ? { type: "refusal", refusal: "" }
      : { type: "output_text", text: "", annotations: [] };
    yield typed("response.content_part.added", { content_index: 0, part: empty });
    for (const delta of block.chunks) yield typed(`${name}.delta`, { content_index: 0, delta });
    yield typed(`${name}.done`, { content_index: 0, ...part, type: `${name}.done` });
    yield typed("response.content_part.done", { content_index: 0, part });
  } else if (item.type === "reasoning") {
    for (const part of item.summary) {
      yield typed("response.reasoning_summary_part.added", { summary_index: 0, part });
      yield typed("response.reasoning_summary_text.delta", { summary_index: 0, delta: part.text });
      yield typed("response.reasoning_summary_text.done", { summary_index: 0, text: part.text });
    }
  } else if (item.type === "function_call") {
    yield typed("response.function_call_arguments.delta", { delta: item.arguments });
    yield typed("response.function_call_arguments.done", { arguments: item.arguments });
  }
}

function envelope({ model }: Conversation): object {
  return {
    id: identifier("resp"),
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    status: "in_progress",
    model,
    output: [],
    usage: null,
    error: null,
    incomplete_details: null,
  };
}

function finalResponse(answer: Answer, response: object, output: readonly Item[]): object {
  return {
    ...response,
    output,
    status: isIncomplete(answer) ? "incomplete" : "completed",
    incomplete_details: isIncomplete(answer) ? { reason: "max_output_tokens" } : null,
    usage: usageOf(answer.usage),
  };
}

function isIncomplete({ stop }: Answer): boolean {
  return stop === "max-tokens" || stop === "context";
}

/** Here `input_tokens` holds what was read from the cache, and writing to it costs nothing. */
function usageOf(usage: Usage): object {
  const input = usage.input + usage.cacheRead;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cacheRead },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + usage.output,
  };
}

function failed(code: string, message: string): StreamEvent {
  return {
    name: "response.failed",
    data: typed("response.failed", {
      response: {
        id: identifier("resp"),
        object: "response",
        status: "failed",
        output: [],
        usage: null,
        error: { code, message },
      },
    }),
  };
}

function typed(type: string, fields: object): { readonly type: string } {
  return { ...fields, type };
}
