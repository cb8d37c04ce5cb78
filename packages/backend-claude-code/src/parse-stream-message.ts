import type { JsonValue } from "@signalbox/contracts";
import * as v from "valibot";
import type { StreamMessage } from "./stream-message.ts";

const text = v.fallback(v.string(), "");
const maybeText = v.fallback(v.nullable(v.string()), null);
const maybeNumber = v.fallback(v.nullable(v.number()), null);
const count = v.fallback(v.pipe(v.number(), v.minValue(0)), 0);
/** It comes from a parser of JSON. */
const anyJson: v.GenericSchema<unknown, JsonValue> = v.custom<JsonValue>(
  (value) => value !== undefined,
);

const rateLimitInfo = v.object({
  status: text,
  resetsAt: maybeNumber,
  utilization: maybeNumber,
});

const textBlock = v.object({ type: v.literal("text"), text: v.string() });
const toolUseBlock = v.object({
  type: v.literal("tool_use"),
  id: v.string(),
  name: v.string(),
  input: anyJson,
});
const otherBlock: v.InferOutput<typeof textBlock> = { type: "text", text: "" };

const toolResultBlock = v.object({
  type: v.literal("tool_result"),
  tool_use_id: v.string(),
  is_error: v.fallback(v.boolean(), false),
  content: v.fallback(
    v.union([v.string(), v.array(v.fallback(v.object({ text: v.string() }), { text: "" }))]),
    "",
  ),
});

const modelUsage = v.record(
  v.string(),
  v.object({
    inputTokens: count,
    outputTokens: count,
    cacheReadInputTokens: count,
    cacheCreationInputTokens: count,
    costUSD: maybeNumber,
    costBasis: maybeText,
  }),
);

/** By type and, for `system`, by subtype too. What is damaged within a message counts as not said. */
const schemas: ReadonlyMap<string, v.GenericSchema<unknown, StreamMessage>> = new Map<
  string,
  v.GenericSchema<unknown, StreamMessage>
>([
  [
    "system/init",
    v.object({
      type: literally("init"),
      session_id: maybeText,
      model: maybeText,
      permissionMode: text,
      claude_code_version: text,
      apiKeySource: text,
      mcp_servers: v.fallback(v.array(v.object({ name: text, status: text })), []),
    }),
  ],
  [
    "assistant",
    v.object({
      type: v.literal("assistant"),
      message: v.object({
        id: text,
        content: v.fallback(
          v.array(v.fallback(v.variant("type", [textBlock, toolUseBlock]), otherBlock)),
          [],
        ),
        usage: v.fallback(
          v.object({
            input_tokens: count,
            cache_creation_input_tokens: count,
            cache_read_input_tokens: count,
          }),
          { input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
        ),
      }),
      error: maybeText,
      api_error_params: v.fallback(
        v.nullable(v.object({ rate_limit_info: v.fallback(v.nullable(rateLimitInfo), null) })),
        null,
      ),
    }),
  ],
  [
    "user",
    v.object({
      type: v.literal("user"),
      message: v.object({
        content: v.fallback(v.array(v.fallback(v.nullable(toolResultBlock), null)), []),
      }),
    }),
  ],
  [
    "result",
    v.object({
      type: v.literal("result"),
      subtype: text,
      is_error: v.fallback(v.boolean(), true),
      terminal_reason: maybeText,
      api_error_status: maybeNumber,
      result: maybeText,
      errors: v.fallback(v.array(text), []),
      model_usage_since_last_result: v.fallback(v.nullable(modelUsage), null),
      modelUsage: v.fallback(modelUsage, {}),
      permission_denials: v.fallback(v.array(v.object({ tool_name: text })), []),
    }),
  ],
  [
    "control_request",
    v.object({
      type: v.literal("control_request"),
      request_id: v.string(),
      request: v.object({
        subtype: text,
        tool_name: text,
        description: maybeText,
        input: v.optional(anyJson, {}),
      }),
    }),
  ],
  [
    "control_response",
    v.object({
      type: v.literal("control_response"),
      response: v.object({ request_id: v.string(), subtype: text, error: maybeText }),
    }),
  ],
  [
    "system/api_retry",
    v.object({
      type: literally("api_retry"),
      attempt: count,
      max_retries: count,
      retry_delay_ms: count,
      error_status: maybeNumber,
      error: text,
    }),
  ],
  [
    "system/permission_denied",
    v.object({ type: literally("permission_denied"), tool_name: text, message: text }),
  ],
  [
    "rate_limit_event",
    v.object({ type: v.literal("rate_limit_event"), rate_limit_info: rateLimitInfo }),
  ],
]);

const envelope = v.object({ type: v.string(), subtype: v.fallback(v.string(), "") });

/** Reads one line. `null`: noise, or something that another version says and nobody here has to know. */
export function parseStreamMessage(line: string): StreamMessage | null {
  const value = parseJson(line);
  const kind = v.safeParse(envelope, value);
  if (!kind.success) return null;
  const { type, subtype } = kind.output;
  const schema = schemas.get(type === "system" ? `system/${subtype}` : type);
  if (schema === undefined) return null;
  const parsed = v.safeParse(schema, value);
  return parsed.success ? parsed.output : null;
}

/** The id of a request that cannot be read, or not whole: it has to be answered too. */
export function requestIdOf(line: string): string | null {
  return /^\{"type":"control_request","request_id":"([^"\\]+)"/.exec(line)?.[1] ?? null;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Messages of type `system` go by their subtype here. */
function literally<Type extends string>(type: Type): v.GenericSchema<unknown, Type> {
  return v.pipe(
    v.unknown(),
    v.transform(() => type),
  );
}
