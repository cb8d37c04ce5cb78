import type { AgentEvent, JsonValue } from "@signalbox/contracts";
import * as v from "valibot";

const text = v.nullable(v.string());
const number = v.nullable(v.number());

/** What came out of JSON is JSON. */
const json = v.custom<JsonValue>((value) => value !== undefined);

/** An event of an agent, as a file has it. */
export const agentEventSchema: v.GenericSchema<unknown, AgentEvent> = v.variant("type", [
  v.object({ type: v.literal("session-started"), sessionId: text, model: text }),
  v.object({
    type: v.literal("message"),
    role: v.picklist(["agent", "user"]),
    text: v.string(),
  }),
  v.object({
    type: v.literal("tool-call"),
    callId: v.string(),
    tool: v.string(),
    input: json,
  }),
  v.object({
    type: v.literal("tool-result"),
    callId: v.string(),
    isError: v.boolean(),
    text: v.string(),
  }),
  v.object({
    type: v.literal("usage"),
    usage: v.object({
      pool: v.string(),
      inputTokens: v.number(),
      outputTokens: v.number(),
      cacheReadTokens: v.number(),
      cacheWriteTokens: v.number(),
      costUsd: number,
    }),
  }),
  v.object({
    type: v.literal("rate-limit"),
    pool: v.string(),
    usedPercent: number,
    resetsAt: number,
  }),
  v.object({ type: v.literal("input-requested"), question: v.string() }),
  v.object({
    type: v.literal("approval-requested"),
    action: v.string(),
    decision: v.picklist(["allowed", "denied"]),
  }),
  v.object({
    type: v.literal("notice"),
    level: v.picklist(["info", "warn", "error"]),
    text: v.string(),
  }),
]);
