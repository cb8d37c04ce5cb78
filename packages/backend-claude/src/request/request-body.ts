import type {
  MessageParam,
  MessageCreateParamsNonStreaming,
  ToolUnion,
  UserMessageParam,
} from "@anthropic-ai/sdk/resources/messages";
import type { ClaudeSettings } from "../claude-options.ts";

const cached = { cache_control: { type: "ephemeral" } } as const;
/** The last one, and the one before: a turn with many tool calls is still found in the cache by its beginning. */
const cachedUserMessages = 2;

/**
 * One request. What stays the same stands first and is marked for the prompt cache: tools and system prompt, then the
 * conversation up to now.
 */
export function requestBody(
  { model, maxTokens, thinking }: ClaudeSettings,
  system: string,
  tools: readonly ToolUnion[],
  messages: readonly MessageParam[],
): MessageCreateParamsNonStreaming {
  return {
    model,
    max_tokens: maxTokens,
    system: [{ type: "text", text: system, ...cached }],
    tools: [...tools],
    messages: withCacheMarks(messages),
    ...(thinking === undefined ? {} : { thinking: { type: thinking } }),
  };
}

function withCacheMarks(messages: readonly MessageParam[]): MessageParam[] {
  const marked = new Set(messages.filter(({ role }) => role === "user").slice(-cachedUserMessages));
  return messages.map((message) =>
    message.role === "user" && marked.has(message) ? withMark(message) : message,
  );
}

function withMark(message: UserMessageParam): UserMessageParam {
  if (typeof message.content === "string") return message;
  const last = message.content.at(-1);
  if (last?.type !== "text" && last?.type !== "tool_result") return message;
  return { ...message, content: [...message.content.slice(0, -1), { ...last, ...cached }] };
}
