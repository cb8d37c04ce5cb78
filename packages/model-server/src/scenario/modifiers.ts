import type { Conversation } from "../conversation.ts";
import type { Answer, Reply } from "../reply.ts";
import { toNumber } from "./to-number.ts";

/** Changes what a script answers. */
export type Modifier = (
  reply: Answer,
  conversation: Conversation,
  parameters: readonly string[],
) => Reply;

export const modifiers: Readonly<Record<string, Modifier>> = {
  /** `slow:MS`: so many milliseconds between two events. */
  slow: (reply, _conversation, [delay]) => ({ ...reply, delayMs: toNumber(delay, 100) }),

  /** `usage:IN:OUT:READ:WRITE`: what each answer costs, in tokens. */
  usage: (reply, _conversation, [input, output, cacheRead, cacheWrite]) => ({
    ...reply,
    usage: {
      input: toNumber(input, 0),
      output: toNumber(output, 0),
      cacheRead: toNumber(cacheRead, 0),
      cacheWrite: toNumber(cacheWrite, 0),
    },
  }),

  /** `quota-used:PERCENT`: tells in the headers how much of the quota is used up. */
  "quota-used": (reply, _conversation, [percent]) => ({
    ...reply,
    quotaPercent: toNumber(percent, 85),
  }),

  /** `window:TOKENS`: a model that takes no more than this, and counts what it is given. */
  window: (reply, { inputTokens }, [limit]) => {
    const maximum = toNumber(limit, 200_000);
    if (inputTokens > maximum) {
      const message = `prompt is too long: ${inputTokens} tokens > ${maximum} maximum`;
      return { kind: "failure", failure: { reason: "context-exceeded", message } };
    }
    return { ...reply, usage: { ...reply.usage, input: inputTokens, cacheRead: 0, cacheWrite: 0 } };
  },

  /** `thinking`: the model thinks before it speaks. */
  thinking: (reply) => ({
    ...reply,
    blocks: [{ kind: "thinking", text: "First the file, then the commit." }, ...reply.blocks],
  }),

  /** The stream breaks off after about half of its events: the connection is reset. */
  cut: (reply) => ({ ...reply, ending: "cut" }),
  /** The stream ends with an error of the vendor after about half of its events. */
  "stream-error": (reply) => ({ ...reply, ending: "error" }),
  /** The stream stands still after about half of its events. */
  stall: (reply) => ({ ...reply, ending: "hang" }),
  /** An event of the stream is no JSON. */
  garbage: (reply) => ({ ...reply, ending: "garbage" }),
};
