import type { AgentTools, JsonObject, JsonValue } from "@signalbox/contracts";

/** Has a tool of the run performed by the host. Never rejects: what goes wrong is told to the agent. */
export async function callTool(
  tools: AgentTools,
  name: string,
  input: JsonValue,
  signal: AbortSignal,
): Promise<JsonObject> {
  if (!tools.list().some((tool) => tool.name === name)) {
    return answer(false, { code: "unknown-tool", message: `There is no tool ${name}.` });
  }
  try {
    const result = await tools.call(name, input, signal);
    if (result.kind === "ok") return answer(true, result.output);
    const { code, message, retryable } = result;
    return answer(false, { code, message, retryable });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return answer(false, { code: "tool-failed", message });
  }
}

/** The run's tools, as Codex wants to be told of them. */
export function dynamicTools(tools: AgentTools): readonly JsonObject[] {
  return tools.list().map(({ name, description, inputSchema }) => {
    return { type: "function", name, description, inputSchema };
  });
}

function answer(success: boolean, output: JsonValue): JsonObject {
  const text = typeof output === "string" ? output : JSON.stringify(output);
  return { success, contentItems: [{ type: "inputText", text }] };
}
