import type { IncomingHttpHeaders } from "node:http";
import * as v from "valibot";
import { joinEntries, type Conversation, type Entry, type OfferedTool } from "../conversation.ts";
import { parameterTypes } from "./parameter-types.ts";
import { parseBody } from "./parse-body.ts";
import { BadRequest } from "./vendor.ts";

const toolSchema = v.looseObject({
  type: v.string(),
  name: v.optional(v.string(), ""),
  parameters: v.nullish(
    v.looseObject({
      properties: v.optional(v.record(v.string(), v.unknown()), {}),
    }),
  ),
  tools: v.optional(v.array(v.unknown()), []),
});
const itemSchema = v.looseObject({
  type: v.optional(v.string(), "message"),
  role: v.optional(v.string()),
  content: v.nullish(
    v.union([v.string(), v.array(v.looseObject({ text: v.optional(v.string()) }))]),
  ),
  call_id: v.nullish(v.string()),
  tools: v.optional(v.array(v.unknown()), []),
});
const requestSchema = v.looseObject({
  model: v.string(),
  input: v.union([v.string(), v.array(itemSchema)]),
  instructions: v.nullish(v.string()),
  tools: v.optional(v.array(v.unknown()), []),
  stream: v.optional(v.boolean(), false),
  reasoning: v.nullish(v.looseObject({})),
  text: v.nullish(
    v.looseObject({ format: v.nullish(v.looseObject({ schema: v.optional(v.unknown()) })) }),
  ),
});

type Item = v.InferOutput<typeof itemSchema>;
type Request = v.InferOutput<typeof requestSchema>;

/** Reads a request of the Responses API and holds it against the rules of that API. */
export function readOpenaiRequest(body: unknown, headers: IncomingHttpHeaders): Conversation {
  if (headers.authorization === undefined) {
    throw new BadRequest("You didn't provide an API key.", "unauthorized");
  }
  const request = parseBody(requestSchema, body);
  const items = itemsOf(request);
  checkPairs(items);
  return {
    model: request.model,
    isStreaming: request.stream,
    entries: joinEntries(items.flatMap(toEntries)),
    tools: toOfferedTools([...request.tools, ...items.flatMap((item) => item.tools)], null),
    wantsThinking: request.reasoning !== undefined && request.reasoning !== null,
    answerSchema: request.text?.format?.schema,
    text: [request.instructions ?? "", ...items.filter(isHeard).map(textOfItem)].join("\n"),
    inputTokens: Math.ceil(
      JSON.stringify([request.instructions, request.tools, request.input]).length / 4,
    ),
  };
}

function itemsOf({ input }: Request): readonly Item[] {
  if (typeof input !== "string") return input;
  return [{ type: "message", role: "user", content: input, tools: [] }];
}

function checkPairs(items: readonly Item[]): void {
  const called = new Set<string>();
  const answered = new Set<string>();
  for (const item of items) {
    const id = item.call_id ?? "";
    if (isCall(item)) called.add(id);
    if (!isResult(item)) continue;
    if (!called.has(id)) {
      throw new BadRequest(`No tool call found for function call output with call_id ${id}.`);
    }
    answered.add(id);
  }
  for (const id of called) {
    if (!answered.has(id)) throw new BadRequest(`No tool output found for function call ${id}.`);
  }
}

function isCall({ type }: Item): boolean {
  return type.endsWith("_call") && type !== "web_search_call";
}

function isResult({ type }: Item): boolean {
  return type.endsWith("_call_output");
}

function isHeard({ type, role }: Item): boolean {
  return type === "message" && role !== "assistant";
}

function toEntries(item: Item): readonly Entry[] {
  if (isCall(item)) return [{ role: "assistant", text: "", toolCalls: 1, toolResults: 0 }];
  if (isResult(item)) return [{ role: "user", text: "", toolCalls: 0, toolResults: 1 }];
  if (item.type !== "message") return [];
  if (item.role !== "user" && item.role !== "assistant") return [];
  return [{ role: item.role, text: textOfItem(item), toolCalls: 0, toolResults: 0 }];
}

function textOfItem({ content }: Item): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.text ?? "").join("\n");
}

function toOfferedTools(
  tools: readonly unknown[],
  namespace: string | null,
): readonly OfferedTool[] {
  return tools.flatMap((unparsed) => {
    const tool = parseBody(toolSchema, unparsed);
    if (tool.type === "namespace") return toOfferedTools(tool.tools, tool.name);
    return [
      {
        name: tool.name,
        type: tool.type,
        namespace,
        parameters: parameterTypes(tool.parameters?.properties ?? {}),
      },
    ];
  });
}
