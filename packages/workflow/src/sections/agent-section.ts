import type { AgentConfig, JsonObject } from "@signalbox/contracts";
import * as v from "valibot";
import { longestMs, map, names, text, wholeNumber } from "../fields.ts";

/** As written: `backend` is `null` where the key is missing, the caps by state are not read yet. */
export interface AgentKeys extends Omit<AgentConfig, "backend" | "maxConcurrentAgentsByState"> {
  readonly backend: string | null;
  readonly maxConcurrentAgentsByState: JsonObject;
}

export const agentSection: v.GenericSchema<unknown, AgentKeys> = v.pipe(
  v.object({
    backend: v.optional(text("the name of a backend")),
    max_concurrent_agents: v.optional(wholeNumber(1), 10),
    max_concurrent_agents_by_state: v.optional(map(), {}),
    max_turns: v.optional(wholeNumber(1), 20),
    max_failures: v.optional(wholeNumber(0), 5),
    max_continuations: v.optional(wholeNumber(0), 20),
    max_no_progress: v.optional(wholeNumber(1), 3),
    max_retry_backoff_ms: v.optional(wholeNumber(1), 300_000),
    turn_timeout_ms: v.optional(wholeNumber(0), 3_600_000),
    startup_timeout_ms: v.optional(wholeNumber(1), 60_000),
    stall_timeout_ms: v.optional(wholeNumber(-longestMs), 300_000),
    run_timeout_ms: v.optional(wholeNumber(0), 0),
    grace_ms: v.optional(wholeNumber(0), 5000),
    tools: v.optional(v.object({ transitions: v.optional(names(), []) }), {}),
  }),
  v.transform((keys) => ({
    backend: keys.backend ?? null,
    maxConcurrentAgents: keys.max_concurrent_agents,
    maxConcurrentAgentsByState: keys.max_concurrent_agents_by_state,
    maxTurns: keys.max_turns,
    maxFailures: keys.max_failures,
    maxContinuations: keys.max_continuations,
    maxNoProgress: keys.max_no_progress,
    maxRetryBackoffMs: keys.max_retry_backoff_ms,
    turnTimeoutMs: keys.turn_timeout_ms,
    startupTimeoutMs: keys.startup_timeout_ms,
    stallTimeoutMs: keys.stall_timeout_ms,
    runTimeoutMs: keys.run_timeout_ms,
    graceMs: keys.grace_ms,
    tools: keys.tools,
  })),
);
