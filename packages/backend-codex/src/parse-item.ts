import type { JsonValue } from "@signalbox/contracts";
import * as v from "valibot";
import type { ThreadItem } from "./app-server-message.ts";

const text = v.fallback(v.string(), "");
const maybeText = v.fallback(v.nullable(v.string()), null);
/** It comes from a parser of JSON. */
const anyJson = v.custom<JsonValue>((value) => value !== undefined);
const word = v.pipe(v.string(), v.regex(/\S/));
const message = v.fallback(v.object({ message: text }), { message: "" });
const contentItem = v.fallback(v.object({ text }), { text: "" });

const item = v.variant("type", [
  v.object({ type: v.literal("agentMessage"), text }),
  v.object({ type: v.literal("contextCompaction") }),
  v.object({
    type: v.literal("commandExecution"),
    id: word,
    command: text,
    cwd: maybeText,
    status: text,
    aggregatedOutput: maybeText,
    exitCode: v.fallback(v.nullable(v.number()), null),
  }),
  v.object({
    type: v.literal("fileChange"),
    id: word,
    status: text,
    changes: v.fallback(
      v.array(v.object({ path: text, kind: v.fallback(v.object({ type: text }), { type: "" }) })),
      [],
    ),
  }),
  v.object({
    type: v.literal("mcpToolCall"),
    id: word,
    server: text,
    tool: word,
    status: text,
    arguments: v.optional(anyJson),
    result: v.fallback(v.nullable(v.object({ content: v.array(contentItem) })), null),
    error: v.fallback(v.nullable(message), null),
  }),
  v.object({
    type: v.literal("dynamicToolCall"),
    id: word,
    tool: word,
    arguments: v.optional(anyJson),
    success: v.fallback(v.nullable(v.boolean()), null),
    contentItems: v.fallback(v.nullable(v.array(contentItem)), null),
  }),
  v.object({ type: v.literal("webSearch"), id: word, query: text }),
]);

/** Reads one item of a thread; `null` for what means nothing here. */
export function parseItem(raw: unknown): ThreadItem | null {
  const parsed = v.safeParse(item, raw);
  return parsed.success ? toItem(parsed.output) : null;
}

function toItem(said: v.InferOutput<typeof item>): ThreadItem {
  switch (said.type) {
    case "agentMessage":
    case "contextCompaction":
      return said;
    case "commandExecution": {
      const { command, cwd, status, exitCode, aggregatedOutput } = said;
      const isError = status === "failed" || status === "declined" || (exitCode ?? 0) !== 0;
      return call(said.id, "exec_command", { command, cwd }, aggregatedOutput ?? status, isError);
    }
    case "fileChange": {
      const { status, changes } = said;
      const input = { changes: changes.map(({ path, kind }) => ({ path, kind: kind.type })) };
      return call(said.id, "apply_patch", input, status, status !== "completed");
    }
    case "mcpToolCall": {
      const { server, tool, status, result, error } = said;
      const output = error?.message ?? linesOf(result?.content);
      const isError = error !== null || status === "failed";
      return call(said.id, `mcp__${server}__${tool}`, said.arguments ?? null, output, isError);
    }
    case "dynamicToolCall": {
      const { tool, success, contentItems } = said;
      return call(said.id, tool, said.arguments ?? null, linesOf(contentItems), success !== true);
    }
    case "webSearch":
      return call(said.id, "web_search", { query: said.query }, "", false);
  }
}

function call(
  id: string,
  tool: string,
  input: JsonValue,
  output: string,
  isError: boolean,
): ThreadItem {
  return { type: "toolCall", id, tool, input, output, isError };
}

function linesOf(content: readonly { readonly text: string }[] | null | undefined): string {
  return (content ?? []).map(({ text: line }) => line).join("\n");
}
