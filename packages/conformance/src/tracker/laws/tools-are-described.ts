import type { AgentToolResult } from "@signalbox/contracts";
import { demand } from "../../law-broken.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const toolsAreDescribed: TrackerLaw = trackerLaw({
  id: "tools-are-described",
  title:
    "tools have names of their own, descriptions and schemas; input that does not fit is a failed result",
  requirement: "R-520",
  methods: ["agentTools"],
  async run(trial) {
    const id = await trial.seedOne();
    const tools = trial.trackerWith("agentTools").agentTools();
    const names = tools.map(({ name }) => name);
    demand(new Set(names).size === names.length, `A name is there twice: ${names.join(", ")}.`);
    for (const tool of tools) {
      const { name, description, inputSchema } = tool;
      demand(/^[a-zA-Z0-9_-]{1,64}$/.test(name), `${JSON.stringify(name)} is no name of a tool.`);
      demand(description.trim() !== "", `The tool ${name} has no description.`);
      const isObject = typeof inputSchema === "object" && inputSchema !== null;
      demand(isObject && "type" in inputSchema, `The tool ${name} has no schema of its input.`);
      const order = { issueId: id, input: { conformance: [true] }, key: "conformance" };
      const result = await trial.call<AgentToolResult>(`the tool ${name}`, (signal) =>
        tool.call(order, signal).catch((error: unknown) => ({
          kind: "failed",
          code: "rejected",
          message: String(error),
          retryable: false,
        })),
      );
      const isRight = result.kind === "failed" && result.code !== "rejected";
      demand(isRight, `The tool ${name} took wrong input, with ${JSON.stringify(result)}.`);
    }
  },
});
