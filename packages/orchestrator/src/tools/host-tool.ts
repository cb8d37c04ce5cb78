import type { AgentTool, AgentToolResult, Clock, JsonValue, Tracker } from "@signalbox/contracts";
import { toJsonSchema } from "@valibot/to-json-schema";
import type { OrchestratorEvent, OrchestratorState } from "@signalbox/core";
import * as v from "valibot";

/** What performing a tool may use; the issue is the run's own, whatever the agent says. */
export interface HostCall {
  readonly issueId: string;
  /** Idempotency key: the same for the same call, also after a daemon's death. */
  readonly key: string;
  readonly tracker: Tracker;
  readonly clock: Clock;
  readonly state: () => OrchestratorState;
  readonly post: (event: OrchestratorEvent) => void;
  /** Names of the states that agents may move the issue to. */
  readonly transitions: readonly string[];
  /** Aborted at the call's time limit, too. */
  readonly signal: AbortSignal;
}

/** A tool that the daemon performs for an agent. */
export interface HostTool extends AgentTool {
  /** Rejects with what the tracker rejects with. */
  readonly perform: (input: JsonValue, call: HostCall) => Promise<AgentToolResult>;
}

/** A tool whose input is read by `input`, from which the agent's description of it is made, too. */
export function hostTool<Input extends v.GenericSchema>(tool: {
  readonly name: string;
  readonly description: string;
  readonly input: Input;
  readonly perform: (input: v.InferOutput<Input>, call: HostCall) => Promise<AgentToolResult>;
}): HostTool {
  const { name, description, input: schema, perform } = tool;
  return {
    name,
    description,
    inputSchema: JSON.parse(JSON.stringify(toJsonSchema(schema))),
    perform: async (input, call) => {
      const read = v.safeParse(schema, input);
      if (read.success) return perform(read.output, call);
      const [{ message }] = read.issues;
      const path = v.getDotPath(read.issues[0]);
      return failed("bad-arguments", path === null ? message : `${path}: ${message}`);
    },
  };
}

export function ok(output: JsonValue): AgentToolResult {
  return { kind: "ok", output };
}

export function failed(code: string, message: string, retryable = false): AgentToolResult {
  return { kind: "failed", code, message, retryable };
}
