import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentTool, AgentToolResult, Clock, ToolCall } from "@signalbox/contracts";
import { RunTools, ToolServer, type RunToolsOrder } from "../index.ts";

export const echo: AgentTool = {
  name: "echo",
  description: "Says it again.",
  inputSchema: {
    type: "object",
    properties: { text: { type: "string" } },
    required: ["text"],
    additionalProperties: false,
  },
};

export const clock: Clock = {
  now: () => Date.now(),
  yield: () => new Promise((resolve) => setImmediate(resolve)),
  setTimer: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** A server whose only tool answers with its input, and all that it was asked. */
export interface Desk extends AsyncDisposable {
  readonly server: ToolServer;
  readonly folder: string;
  readonly calls: ToolCall[];
  readonly refused: string[];
}

export async function openDesk(
  perform: RunToolsOrder["perform"] = async ({ input }): Promise<AgentToolResult> => ({
    kind: "ok",
    output: input,
  }),
): Promise<Desk> {
  const root = await mkdtemp(join(tmpdir(), "signalbox-tools-"));
  const folder = join(root, "run");
  const calls: ToolCall[] = [];
  const refused: string[] = [];
  const tools = new RunTools({
    tools: [echo],
    clock,
    perform: (call, signal) => {
      calls.push(call);
      return perform(call, signal);
    },
  });
  const onRefused = (why: string): unknown => refused.push(why);
  const server = await ToolServer.open({ folder, tools, onRefused });
  return {
    server,
    folder,
    calls,
    refused,
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
