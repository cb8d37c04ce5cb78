import type { IncomingHttpHeaders } from "node:http";
import * as v from "valibot";
import { joinEntries, type Conversation, type OfferedTool } from "../conversation.ts";
import { parameterTypes } from "./parameter-types.ts";
import { parseBody } from "./parse-body.ts";
import { BadRequest } from "./vendor.ts";

const partSchema = v.looseObject({
  text: v.optional(v.string()),
  functionCall: v.optional(v.looseObject({ name: v.string() })),
  functionResponse: v.optional(v.looseObject({ name: v.string() })),
});
const contentSchema = v.looseObject({
  role: v.optional(v.picklist(["user", "model", "function"]), "user"),
  parts: v.optional(v.array(partSchema), []),
});
const parametersSchema = v.looseObject({
  properties: v.optional(v.record(v.string(), v.unknown()), {}),
});
const toolSchema = v.looseObject({
  functionDeclarations: v.optional(
    v.array(
      v.looseObject({
        name: v.string(),
        parameters: v.optional(parametersSchema),
        parametersJsonSchema: v.optional(parametersSchema),
      }),
    ),
    [],
  ),
});
const requestSchema = v.looseObject({
  contents: v.pipe(v.array(contentSchema), v.minLength(1, "contents is not specified")),
  systemInstruction: v.optional(contentSchema),
  tools: v.optional(v.array(toolSchema), []),
  generationConfig: v.optional(
    v.looseObject({
      responseJsonSchema: v.optional(v.unknown()),
      responseSchema: v.optional(v.unknown()),
      thinkingConfig: v.optional(v.looseObject({ includeThoughts: v.optional(v.boolean()) })),
    }),
  ),
});

type Content = v.InferOutput<typeof contentSchema>;

/** Reads a request of the Gemini API and holds it against the rules of that API. */
export function readGeminiRequest(
  body: unknown,
  headers: IncomingHttpHeaders,
  url: URL,
): Conversation {
  if (headers["x-goog-api-key"] === undefined && !url.searchParams.has("key")) {
    throw new BadRequest("API key not valid. Please pass a valid API key.", "unauthorized");
  }
  const request = parseBody(requestSchema, body);
  checkPairs(request.contents);
  const system = request.systemInstruction?.parts ?? [];
  const heard = request.contents.filter((content) => content.role !== "model");
  return {
    model: /\/models\/([^/:]+):/.exec(url.pathname)?.[1] ?? "",
    isStreaming: url.pathname.endsWith(":streamGenerateContent"),
    entries: joinEntries(
      request.contents.map((content) => ({
        role: content.role === "model" ? "assistant" : "user",
        text: textOfParts(content.parts),
        toolCalls: countCalls(content),
        toolResults: countResponses(content),
      })),
    ),
    tools: request.tools.flatMap((tool) => tool.functionDeclarations.map(toOfferedTool)),
    wantsThinking: request.generationConfig?.thinkingConfig?.includeThoughts === true,
    answerSchema:
      request.generationConfig?.responseJsonSchema ?? request.generationConfig?.responseSchema,
    text: [system, ...heard.map((content) => content.parts)].map(textOfParts).join("\n"),
    inputTokens: Math.ceil(JSON.stringify([system, request.tools, request.contents]).length / 4),
  };
}

function checkPairs(contents: readonly Content[]): void {
  if (contents[0]?.role === "model") {
    throw new BadRequest("Please ensure that multiturn requests start with a user turn.");
  }
  let open = 0;
  for (const content of contents) {
    if (content.parts.length === 0) {
      throw new BadRequest("Unable to submit request because it must have a parts field.");
    }
    if (countResponses(content) !== open) {
      throw new BadRequest(
        "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
      );
    }
    open = countCalls(content);
  }
  if (open > 0) {
    throw new BadRequest(
      "Please ensure that function call turn is followed by a function response.",
    );
  }
}

function countCalls({ parts }: Content): number {
  return parts.filter((part) => part.functionCall !== undefined).length;
}

function countResponses({ parts }: Content): number {
  return parts.filter((part) => part.functionResponse !== undefined).length;
}

function textOfParts(parts: Content["parts"]): string {
  return parts.map((part) => part.text ?? "").join("\n");
}

type Declaration = v.InferOutput<typeof toolSchema>["functionDeclarations"][number];

function toOfferedTool(declaration: Declaration): OfferedTool {
  const schema = declaration.parametersJsonSchema ?? declaration.parameters;
  return {
    name: declaration.name,
    type: "function",
    namespace: null,
    parameters: parameterTypes(schema?.properties ?? {}),
  };
}
