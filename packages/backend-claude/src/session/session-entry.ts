import type {
  ContentBlock,
  StopReason,
  ToolResultBlockParam,
} from "@anthropic-ai/sdk/resources/messages";
import * as v from "valibot";

/** Tokens of one request. `input` counts neither cache reads nor cache writes. */
export interface RequestUsage {
  readonly model: string;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** Why nobody goes on with a session: it would fail in the same way again. */
export type ClosingReason = "context-too-long" | "refusal";

/**
 * One line of a session file. What the model is told next follows from the lines so far and from nothing else.
 * - `opened`: the first line
 * - `told`: a text of the user's side
 * - `reply`: a reply of the model, complete
 * - `spent`: what a request cost that brought no reply which is kept
 * - `call-begun`, `call-ended`: around each tool call
 * - `trimmed`: results of these calls are left out from then on
 * - `closed`: the session must not be gone on with
 */
export type SessionEntry =
  | { readonly type: "opened"; readonly version: 1; readonly sessionId: string }
  | { readonly type: "told"; readonly text: string }
  | {
      readonly type: "reply";
      readonly content: ContentBlock[];
      readonly stopReason: StopReason;
      readonly usage: RequestUsage;
    }
  | { readonly type: "spent"; readonly usage: RequestUsage }
  | { readonly type: "call-begun"; readonly callId: string }
  | { readonly type: "call-ended"; readonly callId: string; readonly result: ToolResultBlockParam }
  | { readonly type: "trimmed"; readonly callIds: string[] }
  | { readonly type: "closed"; readonly reason: ClosingReason };

const tokens = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const usage: v.GenericSchema<unknown, RequestUsage> = v.object({
  model: v.string(),
  input: tokens,
  output: tokens,
  cacheRead: tokens,
  cacheWrite: tokens,
});

const known = v.variant("type", [
  v.looseObject({ type: v.literal("text"), text: v.string() }),
  v.looseObject({ type: v.literal("thinking"), thinking: v.string(), signature: v.string() }),
  v.looseObject({ type: v.literal("redacted_thinking"), data: v.string() }),
  v.looseObject({
    type: v.literal("tool_use"),
    id: v.pipe(v.string(), v.minLength(1)),
    name: v.string(),
    input: v.unknown(),
  }),
]);
/** Blocks of a kind that this package did not ask for are kept as they came and sent back as they are. */
const other = v.looseObject({
  type: v.pipe(
    v.string(),
    v.check((type) => !known.options.some((option) => option.entries.type.literal === type)),
  ),
});

/** The content of a reply, as it came from the network or from a file. */
export const replyContent: v.GenericSchema<unknown, ContentBlock[]> = v.array(
  v.custom<ContentBlock>(
    (block) => v.is(known, block) || v.is(other, block),
    "is no content block",
  ),
);

const stopReason: v.GenericSchema<unknown, StopReason> = v.custom<StopReason>(
  (value) => typeof value === "string",
  "is no stop reason",
);

const callResult = v.custom<ToolResultBlockParam>((value) =>
  v.is(
    v.looseObject({
      type: v.literal("tool_result"),
      tool_use_id: v.string(),
      content: v.string(),
      is_error: v.optional(v.boolean()),
    }),
    value,
  ),
);

export const sessionEntry: v.GenericSchema<unknown, SessionEntry> = v.variant("type", [
  v.object({ type: v.literal("opened"), version: v.literal(1), sessionId: v.string() }),
  v.object({ type: v.literal("told"), text: v.string() }),
  v.object({ type: v.literal("reply"), content: replyContent, stopReason, usage }),
  v.object({ type: v.literal("spent"), usage }),
  v.object({ type: v.literal("call-begun"), callId: v.string() }),
  v.object({ type: v.literal("call-ended"), callId: v.string(), result: callResult }),
  v.object({ type: v.literal("trimmed"), callIds: v.array(v.string()) }),
  v.object({ type: v.literal("closed"), reason: v.picklist(["context-too-long", "refusal"]) }),
]);
