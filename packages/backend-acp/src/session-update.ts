import * as v from "valibot";

/** What an agent says about a session, as far as somebody wants to know it. */
export type SessionUpdate =
  | {
      readonly sessionUpdate: "agent_message_chunk";
      readonly content: { readonly text: string };
      readonly messageId: string | null;
    }
  | ({ readonly sessionUpdate: "tool_call" | "tool_call_update" } & ToolCallReport)
  | Plan
  | { readonly sessionUpdate: "usage_update"; readonly cost: Cost | null }
  | { readonly sessionUpdate: "current_mode_update"; readonly currentModeId: string }
  | {
      readonly sessionUpdate: "notice";
      readonly severity: string | null;
      readonly title: string;
      readonly description: string | null;
    };

export interface Plan {
  readonly sessionUpdate: "plan";
  readonly entries: readonly { readonly content: string; readonly status: string | null }[];
}

/** Of the whole conversation. */
interface Cost {
  readonly amount: number;
  readonly currency: string;
}

/** What is known of a tool call: all of it, or what has changed. */
export interface ToolCallReport {
  readonly toolCallId: string;
  readonly title: string | null;
  readonly name: string | null;
  readonly kind: string | null;
  readonly status: string | null;
  readonly rawInput?: unknown;
  readonly rawOutput?: unknown;
  readonly content: readonly {
    readonly type: string;
    readonly content: { readonly text: string } | null;
    readonly path: string | null;
  }[];
  readonly locations: readonly { readonly path: string }[];
}

/** Absent and malformed are the same: agents differ, and one bad field is no reason to lose the rest. */
function lenient<Output>(
  schema: v.GenericSchema<unknown, Output>,
): v.OptionalSchema<v.GenericSchema<unknown, Output | null>, null> {
  return v.optional(v.fallback(v.nullable(schema), null), null);
}

function items<Item>(
  schema: v.GenericSchema<unknown, Item>,
): v.OptionalSchema<v.GenericSchema<unknown, Item[]>, []> {
  const list = v.pipe(
    v.fallback(v.array(lenient(schema)), []),
    v.transform((found): Item[] => found.filter((item) => item !== null)),
  );
  return v.optional(list, []);
}

const text = lenient(v.string());
const contentText = v.object({ type: v.literal("text"), text: v.string() });
const toolContent = v.object({ type: v.string(), content: lenient(contentText), path: text });
const toolCallFields = {
  toolCallId: v.string(),
  title: text,
  name: text,
  kind: text,
  status: text,
  rawInput: v.optional(v.unknown()),
  rawOutput: v.optional(v.unknown()),
  content: items(toolContent),
  locations: items(v.object({ path: v.string() })),
};
const cost = v.object({
  amount: v.pipe(v.number(), v.finite(), v.minValue(0)),
  currency: v.string(),
});

const update: v.GenericSchema<unknown, SessionUpdate> = v.variant("sessionUpdate", [
  v.object({
    sessionUpdate: v.literal("agent_message_chunk"),
    content: contentText,
    messageId: text,
  }),
  v.object({ sessionUpdate: v.literal("tool_call"), ...toolCallFields }),
  v.object({ sessionUpdate: v.literal("tool_call_update"), ...toolCallFields }),
  v.object({
    sessionUpdate: v.literal("plan"),
    entries: items(v.object({ content: v.string(), status: text })),
  }),
  v.object({ sessionUpdate: v.literal("usage_update"), cost: lenient(cost) }),
  v.object({ sessionUpdate: v.literal("current_mode_update"), currentModeId: v.string() }),
  v.object({
    sessionUpdate: v.literal("notice"),
    severity: text,
    title: v.string(),
    description: text,
  }),
]);
const notification = v.object({ sessionId: v.string(), update });
const toolCall: v.GenericSchema<unknown, ToolCallReport> = v.object(toolCallFields);

/** Reads the parameters of a `session/update`; `null` for what is unknown, of no interest, or malformed. */
export function readUpdate(
  parameters: unknown,
): { readonly sessionId: string; readonly update: SessionUpdate } | null {
  const result = v.safeParse(notification, parameters);
  return result.success ? result.output : null;
}

/** Reads the tool call of a request for permission. */
export function readToolCall(value: unknown): ToolCallReport | null {
  const result = v.safeParse(toolCall, value);
  return result.success ? result.output : null;
}
