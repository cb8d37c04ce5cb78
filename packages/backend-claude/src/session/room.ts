import type { Conversation } from "./conversation.ts";

/** Above this part of the room, old results are left out … */
const fullAt = 0.85;
/** … until at most this part is taken: rarely and much at once, as each time empties the model's prompt cache. */
const emptyTo = 0.6;
/** What the model is working on right now. */
const keptCalls = 4;
/** Where the model itself says that there is no room. */
const keptWhenRefused = 1;

/** Which tool calls to leave out before the next request, so that it fits into `roomTokens`: the oldest ones first. */
export function callsToTrim(conversation: Conversation, roomTokens: number): readonly string[] {
  const tokens = conversation.estimateTokens();
  if (tokens <= roomTokens * fullAt) return [];
  const saving = tokens - roomTokens * emptyTo;
  const trimmed: string[] = [];
  let saved = 0;
  for (const { callId, bytes } of conversation.finishedCalls.slice(0, -keptCalls)) {
    if (saved >= saving) break;
    saved += bytes / 5;
    trimmed.push(callId);
  }
  return trimmed;
}

/** What can be left out yet when the model has refused the request for its length. */
export function callsToTrimAtAll(conversation: Conversation): readonly string[] {
  return conversation.finishedCalls.slice(0, -keptWhenRefused).map(({ callId }) => callId);
}
