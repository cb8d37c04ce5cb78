import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import * as v from "valibot";
import { joinEntries, type Conversation, type Entry, type OfferedTool } from "../conversation.ts";
import { parameterTypes } from "./parameter-types.ts";
import { parseBody } from "./parse-body.ts";
import { BadRequest } from "./vendor.ts";

const blockSchema = v.looseObject({
  type: v.string(),
  text: v.optional(v.string()),
  id: v.optional(v.string()),
  tool_use_id: v.optional(v.string()),
  thinking: v.optional(v.string()),
  signature: v.optional(v.string()),
});
const contentSchema = v.union([v.string(), v.array(blockSchema)]);
const messageSchema = v.looseObject({
  role: v.picklist(["user", "assistant", "system"]),
  content: contentSchema,
});
const toolSchema = v.looseObject({
  name: v.optional(v.string(), ""),
  type: v.nullish(v.string(), "custom"),
  input_schema: v.optional(
    v.looseObject({
      properties: v.optional(v.record(v.string(), v.unknown()), {}),
    }),
  ),
});
const countSchema = v.looseObject({
  model: v.string(),
  messages: v.pipe(v.array(messageSchema), v.minLength(1, "at least one message is required")),
  system: v.optional(contentSchema, ""),
  tools: v.optional(v.array(toolSchema), []),
  stream: v.optional(v.boolean(), false),
  thinking: v.optional(v.looseObject({ type: v.string() })),
  output_config: v.optional(
    v.looseObject({ format: v.nullish(v.looseObject({ schema: v.unknown() })) }),
  ),
});
const requestSchema = v.looseObject({
  ...countSchema.entries,
  max_tokens: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

type Block = v.InferOutput<typeof blockSchema>;
type Message = v.InferOutput<typeof messageSchema>;
type Request = v.InferOutput<typeof countSchema>;

/** Reads a request of the Messages API and holds it against the rules of that API. */
export function readAnthropicRequest(
  body: unknown,
  headers: IncomingHttpHeaders,
  url: URL,
): Conversation {
  if (headers["x-api-key"] === undefined && headers.authorization === undefined) {
    throw new BadRequest("x-api-key header is required", "unauthorized");
  }
  if (headers["anthropic-version"] === undefined) {
    throw new BadRequest("anthropic-version: header is required");
  }
  const isCount = url.pathname.endsWith("/count_tokens");
  const request = parseBody(isCount ? countSchema : requestSchema, body);
  checkMessages(request.messages);
  checkLimits(request);
  return toConversation(request);
}

/** What a thinking block is signed with. The service refuses one that was changed. */
export function signatureOf(thinking: string): string {
  return createHash("sha256").update(thinking).digest("base64");
}

function checkMessages(messages: readonly Message[]): void {
  if (messages[0]?.role !== "user") {
    throw new BadRequest('messages: first message must use the "user" role');
  }
  for (const [index, message] of messages.entries()) {
    const blocks = blocksOf(message);
    if (blocks.length === 0 && !(message.role === "assistant" && index === messages.length - 1)) {
      throw new BadRequest(
        `messages.${index}: all messages must have non-empty content except for the optional final assistant message`,
      );
    }
    checkBlocks(message, index);
  }
  checkPairs(messages);
}

function checkBlocks(message: Message, index: number): void {
  for (const block of blocksOf(message)) {
    if (block.type === "text" && (block.text ?? "") === "") {
      throw new BadRequest("messages: text content blocks must be non-empty");
    }
    if (block.type === "thinking" && block.signature !== signatureOf(block.thinking ?? "")) {
      throw new BadRequest(`messages.${index}: Invalid \`signature\` in \`thinking\` block`);
    }
  }
}

/** Each `tool_use` is answered in the next message, and nothing else is. */
function checkPairs(messages: readonly Message[]): void {
  let open: readonly string[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === "system") continue;
    const blocks = blocksOf(message);
    const answered = blocks.flatMap((block) =>
      block.type === "tool_result" ? [block.tool_use_id ?? ""] : [],
    );
    const stray = answered.find((id) => !open.includes(id));
    if (stray !== undefined) {
      throw new BadRequest(
        `messages.${index}.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    }
    if (new Set(answered).size < answered.length) {
      throw new BadRequest(
        `messages.${index}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with one id`,
      );
    }
    const missing = open.filter((id) => !answered.includes(id));
    if (missing.length > 0) throw unanswered(index - 1, missing);
    open = blocks.flatMap((block) => (block.type === "tool_use" ? [block.id ?? ""] : []));
  }
  if (open.length > 0) throw unanswered(messages.length - 1, open);
}

function unanswered(index: number, ids: readonly string[]): BadRequest {
  return new BadRequest(
    `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  );
}

const maximalCacheMarks = 4;

function checkLimits({ tools, ...request }: Request): void {
  const names = tools.map((tool) => tool.name);
  if (new Set(names).size < names.length) throw new BadRequest("tools: Tool names must be unique.");
  const marks = [tools, blocksIn(request.system), ...request.messages.map(blocksOf)]
    .flat()
    .filter((part) => "cache_control" in part && part["cache_control"] !== null).length;
  if (marks > maximalCacheMarks) {
    throw new BadRequest(
      `A maximum of ${maximalCacheMarks} blocks with cache_control may be provided. Found ${marks}.`,
    );
  }
}

function toConversation(request: Request): Conversation {
  const spoken = request.messages.filter((message) => message.role !== "system");
  const unsaid = request.messages.filter((message) => message.role === "system");
  return {
    model: request.model,
    isStreaming: request.stream,
    entries: joinEntries(spoken.map(toEntry)),
    tools: request.tools.filter((tool) => tool.name !== "").map(toOfferedTool),
    wantsThinking: request.thinking !== undefined && request.thinking.type !== "disabled",
    answerSchema: request.output_config?.format?.schema,
    text: [
      joinText(blocksIn(request.system)),
      ...unsaid.map((message) => joinText(blocksOf(message))),
      ...spoken
        .filter((message) => message.role === "user")
        .map((message) => joinText(blocksOf(message))),
    ].join("\n"),
    inputTokens: Math.ceil(
      JSON.stringify([request.system, request.tools, request.messages]).length / 4,
    ),
  };
}

function toEntry(message: Message): Entry {
  const blocks = blocksOf(message);
  return {
    role: message.role === "assistant" ? "assistant" : "user",
    text: joinText(blocks),
    toolCalls: blocks.filter((block) => block.type === "tool_use").length,
    toolResults: blocks.filter((block) => block.type === "tool_result").length,
  };
}

function toOfferedTool(tool: v.InferOutput<typeof toolSchema>): OfferedTool {
  return {
    name: tool.name,
    type: tool.type ?? "custom",
    namespace: null,
    parameters: parameterTypes(tool.input_schema?.properties ?? {}),
  };
}

function blocksOf(message: Message): readonly Block[] {
  return blocksIn(message.content);
}

function blocksIn(content: string | readonly Block[]): readonly Block[] {
  if (typeof content !== "string") return content;
  return content === "" ? [] : [{ type: "text", text: content }];
}

function joinText(blocks: readonly Block[]): string {
  return blocks.flatMap((block) => (block.text === undefined ? [] : [block.text])).join("\n");
}
