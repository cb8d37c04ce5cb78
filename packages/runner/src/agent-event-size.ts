import type { AgentEvent } from "@signalbox/contracts";

/** Longest text of one event; the transcript has all of it. */
const maxTextCharacters = 16_384;

/** Roughly how much memory an event takes, in characters. */
export function agentEventWeight(event: AgentEvent): number {
  switch (event.type) {
    case "message":
    case "tool-result":
    case "notice":
      return event.text.length;
    case "tool-call":
      return JSON.stringify(event.input).length;
    case "input-requested":
      return event.question.length;
    case "approval-requested":
      return event.action.length;
    case "session-started":
    case "usage":
    case "rate-limit":
      return 0;
  }
}

/** The same event with no more text than an observer has to carry. */
export function clipAgentEvent(event: AgentEvent): AgentEvent {
  if (agentEventWeight(event) <= maxTextCharacters) return event;
  switch (event.type) {
    case "message":
    case "tool-result":
    case "notice":
      return { ...event, text: clip(event.text) };
    case "tool-call":
      return { ...event, input: clip(JSON.stringify(event.input)) };
    case "input-requested":
      return { ...event, question: clip(event.question) };
    case "approval-requested":
      return { ...event, action: clip(event.action) };
    case "session-started":
    case "usage":
    case "rate-limit":
      return event;
  }
}

/** Whether somebody decides by it. The others are there to be looked at. */
export function isEssential(event: AgentEvent): boolean {
  return (
    event.type === "session-started" ||
    event.type === "input-requested" ||
    event.type === "approval-requested" ||
    event.type === "rate-limit"
  );
}

function clip(text: string): string {
  return `${text.slice(0, maxTextCharacters - 1)}…`;
}
