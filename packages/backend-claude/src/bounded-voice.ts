import type { AgentEvent, SessionOrder } from "@signalbox/contracts";

/** What a session says to its host. */
export type Voice = Pick<SessionOrder, "emit" | "transcribe">;

/** Cuts what is longer than the host takes, and says so once. */
export function boundedVoice({
  emit,
  transcribe,
  limits: { maxLineBytes },
}: Pick<SessionOrder, "emit" | "transcribe" | "limits">): Voice {
  let hasCut = false;
  const cut = (text: string): string => {
    // No character takes more than three bytes in UTF-8, counted as JavaScript counts them.
    if (text.length * 3 <= maxLineBytes || Buffer.byteLength(text) <= maxLineBytes) return text;
    if (!hasCut) {
      hasCut = true;
      const notice = "What the agent said was too long and has been cut. So will be what comes.";
      emit({ type: "notice", level: "warn", text: notice });
    }
    return clipped(text, maxLineBytes);
  };
  return {
    transcribe: (line) => transcribe(cut(line)),
    emit: (event) => emit(withText(event, cut)),
  };
}

function withText(event: AgentEvent, cut: (text: string) => string): AgentEvent {
  if (event.type === "message" || event.type === "tool-result") {
    return { ...event, text: cut(event.text) };
  }
  return event;
}

function clipped(text: string, maxBytes: number): string {
  const mark = " [cut]";
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes - mark.length));
  return text.slice(0, read) + mark;
}
