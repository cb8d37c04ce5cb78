import type { AgentTool, AgentTools } from "@signalbox/contracts";
import * as v from "valibot";
import { isJson } from "./is-json.ts";
import { type PreparedCall, type Tool, ToolFailure } from "./tool.ts";

const nameOfTool = /^[a-zA-Z0-9_-]{1,64}$/;
const schemaOfTool = v.looseObject({ type: v.literal("object") });

export interface HostTools {
  readonly tools: readonly Tool[];
  /** Names that the model cannot be offered: not of a form that the API takes, or taken by a tool of ours. */
  readonly refused: readonly string[];
}

/** The run's own tools, performed by the host. */
export function hostTools(given: AgentTools, taken: ReadonlySet<string>): HostTools {
  const tools: Tool[] = [];
  const refused: string[] = [];
  for (const tool of given.list()) {
    const schema = v.safeParse(schemaOfTool, tool.inputSchema);
    if (!nameOfTool.test(tool.name) || taken.has(tool.name) || !schema.success) {
      refused.push(tool.name);
    } else {
      tools.push(hostTool(given, tool, schema.output));
    }
  }
  return { tools, refused };
}

function hostTool(
  given: AgentTools,
  { name, description }: AgentTool,
  schema: { type: "object" },
): Tool {
  return {
    name,
    definition: { name, description, input_schema: schema },
    prepare: (input): PreparedCall => {
      if (!isJson(input)) throw new ToolFailure("The input is missing.");
      return {
        action: { kind: "host" },
        run: async ({ signal }) => {
          const result = await given.call(name, input, signal);
          if (result.kind === "ok") return JSON.stringify(result.output);
          const again = result.retryable ? " It may work later." : "";
          throw new ToolFailure(`${result.code}: ${result.message}${again}`);
        },
      };
    },
  };
}
