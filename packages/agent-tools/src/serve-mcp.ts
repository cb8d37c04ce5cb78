import type { Socket } from "node:net";
import type { AgentTools, AgentToolResult, JsonValue } from "@signalbox/contracts";
import { Server } from "@modelcontextprotocol/server";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { toMcpTool } from "./to-mcp-tool.ts";

const maxMessageBytes = 256 * 1024;

/** Speaks MCP with one peer, until either end closes. */
export async function serveMcp(
  socket: Socket,
  tools: Pick<AgentTools, "list" | "call">,
): Promise<void> {
  const server = new Server(
    { name: "signalbox", version: "1" },
    { capabilities: { tools: {} }, instructions: "Tools about the issue that you work on." },
  );
  server.setRequestHandler("tools/list", () => ({ tools: tools.list().map(toMcpTool) }));
  server.setRequestHandler("tools/call", async ({ params }, { mcpReq: { signal } }) => {
    const input: JsonValue = JSON.parse(JSON.stringify(params.arguments ?? {}));
    return toMcpResult(await tools.call(params.name, input, signal));
  });
  socket.once("close", () => void server.close());
  await server.connect(new SocketTransport(socket));
  // It was paused where its first line ended.
  socket.resume();
}

class SocketTransport extends StdioServerTransport {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super(socket, socket, { maxBufferSize: maxMessageBytes });
    this.#socket = socket;
  }

  /** Also called where a message is too large. */
  override async close(): Promise<void> {
    await super.close();
    this.#socket.destroy();
  }
}

function toMcpResult(result: AgentToolResult): {
  content: { type: "text"; text: string }[];
  isError: boolean;
} {
  if (result.kind === "ok") {
    const { output } = result;
    return say(typeof output === "string" ? output : JSON.stringify(output), false);
  }
  const again = result.retryable ? " It may work later." : "";
  return say(`${result.code}: ${result.message}${again}`, true);
}

function say(text: string, isError: boolean): ReturnType<typeof toMcpResult> {
  return { content: [{ type: "text", text }], isError };
}
