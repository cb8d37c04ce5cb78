/** A model in this process that says what the texts of the user's side make it say. */
export function speakingFetch(
  reply: (texts: readonly string[]) => string,
): typeof globalThis.fetch {
  return async (_, init) => {
    const body: unknown = JSON.parse(typeof init?.body === "string" ? init.body : "{}");
    const text = reply([...textsOf(body)]);
    const usage = { input_tokens: 1, output_tokens: 1 };
    const message = { id: "m", type: "message", role: "assistant", content: [], stop_reason: null };
    const events = [
      { type: "message_start", message: { ...message, usage } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
      { type: "message_stop" },
    ];
    const lines = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    return new Response(lines.join(""), { headers: { "content-type": "text/event-stream" } });
  };
}

function* textsOf(part: unknown): Generator<string> {
  if (typeof part !== "object" || part === null) return;
  if ("messages" in part) yield* textsOf(part.messages);
  else if ("role" in part && "content" in part) {
    if (part.role === "user") yield* textsOf(part.content);
  } else if ("text" in part && typeof part.text === "string") yield part.text;
  else if (Array.isArray(part)) for (const inner of part) yield* textsOf(inner);
}
