import type { AgentTool } from "@signalbox/contracts";
import type { Tool } from "@modelcontextprotocol/server";

/** MCP takes objects alone for input: a schema that is none takes anything. */
export function toMcpTool({ name, description, inputSchema }: AgentTool): Tool {
  const schema: Tool["inputSchema"] = { type: "object" };
  if (typeof inputSchema === "object" && inputSchema !== null) Object.assign(schema, inputSchema);
  return { name, description, inputSchema: { ...schema, type: "object" } };
}
