import { isDeepStrictEqual } from "node:util";
import type { AgentEvent } from "@signalbox/contracts";
import * as v from "valibot";
import { instant } from "./outcome-shape.ts";

const text = v.pipe(v.string(), v.regex(/\S/, "must not be blank"));
const nullableText = v.nullable(text);
const tokens = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const types: { readonly [Type in AgentEvent["type"]]: v.GenericSchema } = {
  "session-started": v.object({ sessionId: nullableText, model: nullableText }),
  message: v.object({ role: v.picklist(["agent", "user"]), text: v.string() }),
  "tool-call": v.object({ callId: text, tool: text, input: v.unknown() }),
  "tool-result": v.object({ callId: text, isError: v.boolean(), text: v.string() }),
  usage: v.object({
    usage: v.object({
      pool: text,
      inputTokens: tokens,
      outputTokens: tokens,
      cacheReadTokens: tokens,
      cacheWriteTokens: tokens,
      costUsd: v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0))),
    }),
  }),
  "rate-limit": v.object({
    pool: text,
    usedPercent: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(100))),
    resetsAt: v.nullable(instant),
  }),
  "input-requested": v.object({ question: text }),
  "approval-requested": v.object({ action: text, decision: v.picklist(["allowed", "denied"]) }),
  notice: v.object({ level: v.picklist(["info", "warn", "error"]), text }),
};

const typed = v.object({ type: v.picklist(Object.keys(types)) });

/** What is wrong with an event; `null` where it is as the contract has it, and plain JSON. */
export function eventProblem(event: unknown): string | null {
  const known = v.safeParse(typed, event);
  if (!known.success) return "that is no event of an agent.";
  const schema = new Map(Object.entries<v.GenericSchema>(types)).get(known.output.type);
  const result = v.safeParse(schema ?? v.never(), event);
  if (!result.success) return v.summarize(result.issues);
  const again: unknown = JSON.parse(JSON.stringify(event));
  return isDeepStrictEqual(again, event) ? null : "it does not survive JSON.";
}
