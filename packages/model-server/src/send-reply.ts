import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Conversation } from "./conversation.ts";
import type { Answer, Failure, Reply } from "./reply.ts";
import type { StreamEvent, Vendor } from "./vendors/vendor.ts";

/** Sends what a scenario wants said, in the words of the vendor. Ends with the response or the connection. */
export async function sendReply(
  response: ServerResponse,
  reply: Reply,
  vendor: Vendor,
  conversation: Conversation,
): Promise<void> {
  switch (reply.kind) {
    case "silence":
      return;
    case "reset":
      response.socket?.resetAndDestroy();
      return;
    case "failure":
      await sendFailure(response, reply.failure, vendor, conversation);
      return;
    case "answer":
      await (conversation.isStreaming ? sendStream : sendDocument)(
        response,
        reply,
        vendor,
        conversation,
      );
  }
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

async function sendFailure(
  response: ServerResponse,
  failure: Failure,
  vendor: Vendor,
  { isStreaming, model }: Conversation,
): Promise<void> {
  const events = isStreaming ? vendor.failureInStream?.(failure) : undefined;
  if (events === undefined) {
    const { status, body, headers } = vendor.failure(failure, model);
    sendJson(response, status, body, headers);
    return;
  }
  response.writeHead(200, streamHeaders);
  for (const event of events) await write(response, eventText(event));
  response.end();
}

async function sendDocument(
  response: ServerResponse,
  answer: Answer,
  vendor: Vendor,
  conversation: Conversation,
): Promise<void> {
  if (answer.ending === "hang") return;
  if (answer.ending === "error") {
    await sendFailure(response, { reason: "overloaded" }, vendor, conversation);
    return;
  }
  await pause(response, answer.delayMs);
  const text = JSON.stringify(vendor.document(answer, conversation));
  response.writeHead(200, { "content-type": "application/json", ...vendor.headers(answer) });
  if (answer.ending === "complete") {
    response.end(text);
    return;
  }
  await write(response, text.slice(0, text.length / 2));
  if (answer.ending === "garbage") response.end();
  else response.socket?.resetAndDestroy();
}

const streamHeaders = { "content-type": "text/event-stream", "cache-control": "no-cache" };

async function sendStream(
  response: ServerResponse,
  answer: Answer,
  vendor: Vendor,
  conversation: Conversation,
): Promise<void> {
  response.writeHead(200, { ...streamHeaders, ...vendor.headers(answer) });
  response.flushHeaders();
  for (const event of eventsUntilEnding(answer, vendor, conversation)) {
    await write(response, eventText(event));
    await pause(response, answer.delayMs);
    if (response.destroyed) return;
  }
  switch (answer.ending) {
    case "complete":
      response.end();
      return;
    case "error":
      response.end(eventText(vendor.streamError));
      return;
    case "garbage":
      response.end('data: {"type":"message_\n\n');
      return;
    case "cut":
      response.socket?.resetAndDestroy();
      return;
    case "hang":
  }
}

/** All events of a stream that ends well; of one that does not, half of them. */
function eventsUntilEnding(
  answer: Answer,
  vendor: Vendor,
  conversation: Conversation,
): Iterable<StreamEvent> {
  const events = vendor.events(answer, conversation);
  if (answer.ending === "complete") return events;
  const all = [...events];
  return all.slice(0, Math.ceil(all.length / 2));
}

function eventText({ name, data }: StreamEvent): string {
  return `${name === null ? "" : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
}

async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed || response.write(text)) return;
  const settled = new AbortController();
  const { signal } = settled;
  await Promise.race([once(response, "drain", { signal }), once(response, "close", { signal })]);
  settled.abort();
}

async function pause(response: ServerResponse, delayMs: number): Promise<void> {
  if (delayMs === 0) return;
  const ended = new AbortController();
  const end = (): void => ended.abort();
  response.once("close", end);
  await wait(delayMs, undefined, { signal: ended.signal }).catch((error: unknown) => {
    if (!ended.signal.aborted) throw error;
  });
  response.off("close", end);
}
