import type { Conversation } from "../conversation.ts";
import { textOf, type Answer, type Block, type StopReason, type Usage } from "../reply.ts";
import { toToolCall } from "../tool-call.ts";
import { toGeminiFailure } from "./gemini-failure.ts";
import { readGeminiRequest } from "./gemini-request.ts";
import { identifier } from "./identifier.ts";
import type { StreamEvent, Vendor } from "./vendor.ts";

const finishReasons: Readonly<Record<StopReason, string>> = {
  end: "STOP",
  action: "STOP",
  pause: "STOP",
  "max-tokens": "MAX_TOKENS",
  context: "MAX_TOKENS",
  refusal: "SAFETY",
};

/** The Gemini API of Google, as Gemini CLI uses it. */
export const gemini: Vendor = {
  read: readGeminiRequest,
  document: (answer, conversation) =>
    chunk(
      conversation,
      identifier("resp"),
      answer.blocks.map((block) => toPart(block, conversation)),
      answer,
    ),
  events,
  streamError: {
    name: null,
    data: toGeminiFailure({ reason: "overloaded" }, "").body,
  },
  failure: toGeminiFailure,
  headers: () => ({}),
  tokenCount: ({ inputTokens }) => ({ totalTokens: inputTokens }),
  models: {
    models: [
      {
        name: "models/gemini-local",
        displayName: "Local model",
        inputTokenLimit: 1_048_576,
        outputTokenLimit: 65_536,
        supportedGenerationMethods: ["generateContent", "countTokens"],
      },
    ],
  },
};

function* events(answer: Answer, conversation: Conversation): Generator<StreamEvent> {
  const id = identifier("resp");
  for (const block of answer.blocks) {
    const parts =
      block.kind === "text"
        ? mapLazily(block.chunks, (text) => ({ text }))
        : [toPart(block, conversation)];
    for (const part of parts) yield { name: null, data: chunk(conversation, id, [part], null) };
  }
  yield { name: null, data: chunk(conversation, id, [{ text: "" }], answer) };
}

function* mapLazily<From, To>(items: Iterable<From>, map: (item: From) => To): Generator<To> {
  for (const item of items) yield map(item);
}

function toPart(block: Block, conversation: Conversation): object {
  switch (block.kind) {
    case "text":
      return { text: textOf(block) };
    case "thinking":
      return { text: block.text, thought: true };
    case "action": {
      const { name, input } = toToolCall(block.action, conversation);
      return { functionCall: { name, args: input } };
    }
  }
}

/** A piece of the answer; the last one, which is given the whole answer, says why it stopped and what it cost. */
function chunk(
  { model }: Conversation,
  responseId: string,
  parts: readonly object[],
  answer: Answer | null,
): object {
  const finish = answer === null ? {} : { finishReason: finishReasons[answer.stop] };
  return {
    candidates: [{ content: { role: "model", parts }, index: 0, ...finish }],
    ...(answer === null ? {} : { usageMetadata: usageOf(answer.usage) }),
    modelVersion: model,
    responseId,
  };
}

/** Here `promptTokenCount` holds what was read from the cache. */
function usageOf(usage: Usage): object {
  const prompt = usage.input + usage.cacheRead;
  return {
    promptTokenCount: prompt,
    cachedContentTokenCount: usage.cacheRead,
    candidatesTokenCount: usage.output,
    totalTokenCount: prompt + usage.output,
  };
}
