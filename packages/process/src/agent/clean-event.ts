import type { AgentEvent, JsonValue } from "@signalbox/contracts";

/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

/** Longest text of one event; the transcript has all of it. */
const maxCharacters = 16_384;
/** What is nested deeper is of no use to a reader, and would exhaust the stack of whoever walks it. */
const maxDepth = 32;

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

/** An input that is too long becomes the beginning of its text. */
function cleanInput(input: JsonValue, redact: Redact): JsonValue {
  const clean = cleanValue(input, redact, maxDepth);
  const text = JSON.stringify(clean);
  return text.length <= maxCharacters ? clean : clip(text);
}

function cleanValue(value: JsonValue, redact: Redact, depth: number): JsonValue {
  if (typeof value === "string") return redact(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return "…";
  if (Array.isArray(value)) {
    return value.map((each: JsonValue) => cleanValue(each, redact, depth - 1));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [redact(key), cleanValue(each, redact, depth - 1)]),
  );
}

function clip(text: string): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters - 1)}…`;
}
