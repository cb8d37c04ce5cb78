import type { AgentEvent, FailureCode, JsonValue } from "@signalbox/contracts";
import * as v from "valibot";

/** What a program says of itself on one line of its standard output. */
export type AgentLine =
  | { readonly type: "session"; readonly id: string | null; readonly model: string | null }
  | ({ readonly type: "usage" } & ReportedUsage)
  | { readonly type: "question"; readonly text: string }
  | { readonly type: "quota"; readonly pool: string | null; readonly resetsAt: number | null }
  | {
      readonly type: "failure";
      readonly code: FailureCode;
      readonly message: string;
      readonly retryable: boolean;
    }
  | { readonly type: "event"; readonly event: AgentEvent };

/** Absolute since the program was started. */
export interface ReportedUsage {
  readonly pool: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly costUsd: number | null;
}

/** Of the lines. A program finds it in `SIGNALBOX_PROTOCOL`. */
export const protocolVersion = 1;

const marker = "::signalbox ";
/** Below it, a number is taken for seconds: as milliseconds it would lie in 1973. */
const leastMilliseconds = 1e11;
const latest = Date.UTC(2100);
const finalFailures = new Set<FailureCode>(["auth", "billing", "context-too-long"]);

const text = v.pipe(v.string(), v.regex(/\S/, "must not be blank"));
const identifier = v.pipe(text, v.maxLength(256), v.regex(/^\P{Cc}+$/u, "must be printable"));
const tokens = v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), 0);
const cost = v.nullish(v.pipe(v.number(), v.finite(), v.minValue(0)), null);
const instant = v.pipe(
  v.union([
    v.pipe(v.string(), v.isoTimestamp(), v.transform(Date.parse)),
    v.pipe(
      v.number(),
      v.transform((at) => (at < leastMilliseconds ? at * 1000 : at)),
    ),
  ]),
  v.minValue(0),
  v.maxValue(latest),
);
const code = v.picklist([
  "agent-error",
  "auth",
  "billing",
  "overloaded",
  "context-too-long",
  "transport",
]);
const json: v.GenericSchema<unknown, JsonValue> = v.lazy(() =>
  v.union([
    v.null(),
    v.boolean(),
    v.number(),
    v.string(),
    v.array(json),
    v.record(v.string(), json),
  ]),
);
const line = v.variant("type", [
  v.object({
    type: v.literal("session"),
    id: v.nullish(identifier, null),
    model: v.nullish(identifier, null),
  }),
  v.pipe(
    v.object({
      type: v.literal("usage"),
      pool: v.nullish(identifier, null),
      input_tokens: tokens,
      output_tokens: tokens,
      cache_read_tokens: tokens,
      cache_write_tokens: tokens,
      cost_usd: cost,
    }),
    v.transform((usage) => ({
      type: usage.type,
      pool: usage.pool,
      inputTokens: usage.input_tokens,
      outputTokens: usage.output_tokens,
      cacheReadTokens: usage.cache_read_tokens,
      cacheWriteTokens: usage.cache_write_tokens,
      costUsd: usage.cost_usd,
    })),
  ),
  v.object({ type: v.literal("question"), text }),
  v.pipe(
    v.object({
      type: v.literal("quota"),
      pool: v.nullish(identifier, null),
      resets_at: v.nullish(instant, null),
    }),
    v.transform(({ type, pool, resets_at: resetsAt }) => ({ type, pool, resetsAt })),
  ),
  v.pipe(
    v.object({
      type: v.literal("failure"),
      code: v.optional(code, "agent-error"),
      message: text,
      retryable: v.exactOptional(v.boolean()),
    }),
    v.transform(({ retryable, ...failure }) => ({
      ...failure,
      retryable: retryable ?? !finalFailures.has(failure.code),
    })),
  ),
  v.object({ type: v.literal("message"), text }),
  v.object({
    type: v.literal("tool-call"),
    id: identifier,
    tool: identifier,
    input: v.optional(json, null),
  }),
  v.object({
    type: v.literal("tool-result"),
    id: identifier,
    is_error: v.optional(v.boolean(), false),
    text: v.optional(v.string(), ""),
  }),
]);

const envelope = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({
    v: v.optional(
      v.literal(
        protocolVersion,
        ({ received }) => `version ${received} is not known, only ${protocolVersion}`,
      ),
      protocolVersion,
    ),
  }),
);

/** A line of output: what it says, why it cannot be understood, or `null` where it is just output. */
export function readAgentLine(output: string): AgentLine | { readonly problem: string } | null {
  if (!output.startsWith(marker)) return null;
  const object = v.safeParse(envelope, output.slice(marker.length));
  if (!object.success) return { problem: describe(object.issues[0]) };
  const said = v.safeParse(line, object.output);
  return said.success ? toAgentLine(said.output) : { problem: describe(said.issues[0]) };
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return path === null ? issue.message : `${path}: ${issue.message}`;
}

function toAgentLine(said: v.InferOutput<typeof line>): AgentLine {
  switch (said.type) {
    case "message":
      return { type: "event", event: { type: "message", role: "agent", text: said.text } };
    case "tool-call": {
      const { type, id: callId, tool, input } = said;
      return { type: "event", event: { type, callId, tool, input } };
    }
    case "tool-result": {
      const { type, id: callId, is_error: isError, text: result } = said;
      return { type: "event", event: { type, callId, isError, text: result } };
    }
    case "session":
    case "usage":
    case "question":
    case "quota":
    case "failure":
      return said;
  }
}
