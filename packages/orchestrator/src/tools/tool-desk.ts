import {
  SignalboxError,
  type AgentTool,
  type AgentToolResult,
  type Clock,
  type ConfigSource,
  type ToolCall,
  type Tracker,
} from "@signalbox/contracts";
import type { OrchestratorEvent, OrchestratorState } from "@signalbox/core";
import { withTimeLimit } from "../time-limit.ts";
import { failed } from "./host-tool.ts";
import { hostTools, type ToolPolicy } from "./host-tools.ts";
import { SharedAllowance } from "./shared-allowance.ts";

/** Shorter than the agent waits. */
const callLimitMs = 50_000;
/** Of all runs together. With a poll every 30 s it leaves most of the smallest quota that trackers give, 2,500 an hour. */
const callsPerMinute = 20;

export interface ToolDeskPorts {
  readonly clock: Clock;
  readonly config: ConfigSource;
  readonly tracker: Tracker;
  readonly state: () => OrchestratorState;
  readonly post: (event: OrchestratorEvent) => void;
  /** Aborted when the orchestrator ends. */
  readonly signal: AbortSignal;
}

interface Performing {
  readonly signal: AbortSignal;
  readonly result: Promise<AgentToolResult>;
}

/** Performs what agents ask for, with the tracker's credentials, which they never see. Off the decision path. */
export class ToolDesk {
  readonly #ports: ToolDeskPorts;
  /** A call that is asked again while it is being performed has one result; one that was given up is performed anew. */
  readonly #performing = new Map<string, Performing>();
  readonly #allowance: SharedAllowance;

  constructor(ports: ToolDeskPorts) {
    this.#ports = ports;
    this.#allowance = new SharedAllowance(ports.clock, callsPerMinute);
  }

  /** What a run that starts now is offered. */
  offered(): readonly AgentTool[] {
    return hostTools(this.#ports.tracker, this.#policy()).map(
      ({ name, description, inputSchema }) => ({ name, description, inputSchema }),
    );
  }

  /** Never rejects for what the agent asked; rejects where this daemon ends, or `signal` is aborted: another may do it. */
  async perform(
    { issueId, runId, call }: { issueId: string; runId: string; call: ToolCall },
    signal: AbortSignal,
  ): Promise<AgentToolResult> {
    const key = `tool-${runId}-${call.callId}`;
    const known = this.#performing.get(key);
    if (known !== undefined && !known.signal.aborted) return known.result;
    const performing = { signal, result: this.#perform(issueId, key, call, signal) };
    this.#performing.set(key, performing);
    try {
      return await performing.result;
    } finally {
      if (this.#performing.get(key) === performing) this.#performing.delete(key);
    }
  }

  async #perform(
    issueId: string,
    key: string,
    { name, input }: ToolCall,
    given: AbortSignal,
  ): Promise<AgentToolResult> {
    const { clock, post, state, tracker } = this.#ports;
    const policy = this.#policy();
    const tools = hostTools(tracker, policy);
    const tool = tools.find((candidate) => candidate.name === name);
    if (tool === undefined) {
      return failed("unknown-tool", `There is no tool ${name}, or the workflow forbids it by now.`);
    }
    const waitMs = this.#allowance.take();
    if (waitMs > 0) {
      const message = `All agents together have asked the tracker for as much as they may in a minute: ${callsPerMinute} calls. Ask again in ${Math.ceil(waitMs / 1_000)} s.`;
      return failed("too-many-calls", message, true);
    }
    const parent = AbortSignal.any([given, this.#ports.signal]);
    const { transitions } = policy;
    try {
      return await withTimeLimit(clock, callLimitMs, `the tool ${name}`, parent, (signal) =>
        tool.perform(input, { issueId, key, tracker, clock, state, post, transitions, signal }),
      );
    } catch (error) {
      parent.throwIfAborted();
      if (!SignalboxError.isInstance(error)) throw error;
      return failed(error.code, error.message, error.retryable);
    }
  }

  #policy(): ToolPolicy {
    const transitions = this.#ports.config.current().agent.tools?.transitions ?? [];
    return { writes: this.#ports.state().policy.writes, transitions };
  }
}
