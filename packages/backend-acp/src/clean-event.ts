import type { AgentEvent, JsonValue } from "@signalbox/contracts";

/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

/** Longest text of one event; the transcript has all of it. */
const maxCharacters = 16_384;

/** The event without secrets, and with no more text than an observer has to carry. */
export function cleanEvent(event: AgentEvent, redact: Redact): AgentEvent {
  const clean = (text: string): string => clip(redact(text));
  switch (event.type) {
    case "message":
    case "notice":
    case "tool-result":
      return { ...event, text: clean(event.text) };
    case "tool-call":
      return { ...event, input: cleanInput(event.input, redact) };
    case "approval-requested":
      return { ...event, action: clean(event.action) };
    case "input-requested":
      return { ...event, question: clean(event.question) };
    case "session-started":
    case "usage":
    case "rate-limit":
      return event;
  }
}

function cleanInput(input: JsonValue, redact: Redact): JsonValue {
  const text = JSON.stringify(input);
  const redacted = redact(text);
  // A secret with a quote in it has no JSON around it any more: the text will do.
  return redacted === text && text.length <= maxCharacters ? input : clip(redacted);
}

function clip(text: string): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters - 1)}…`;
}
