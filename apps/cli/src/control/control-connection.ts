import type { Socket } from "node:net";
import { failureOf } from "../terminal/failure.ts";
import {
  maxRequestBytes,
  parseRequest,
  replyLine,
  type ControlFailure,
  type ControlReply,
  type ControlRequest,
  type Hello,
} from "./protocol.ts";

/** How a request is carried out. `gone` is aborted when whoever asked does not listen any more. */
export type CarryOut = (
  request: ControlRequest,
  progress: (text: string) => void,
  gone: AbortSignal,
) => Promise<unknown>;

export interface ConnectionOptions {
  readonly hello: Hello;
  readonly carryOut: CarryOut;
  /** How long a request may take to arrive, and a reply to be read. */
  readonly limitMs: number;
}

const maxUnreadBytes = 1024 * 1024;

/**
 * One client: a hello, one request, its reply. What the client does wrong costs the client its connection and nobody
 * else anything. Resolves when the connection is closed.
 */
export async function serveConnection(socket: Socket, options: ConnectionOptions): Promise<void> {
  const { hello, carryOut, limitMs } = options;
  const gone = new AbortController();
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      gone.abort();
      resolve();
    });
  });
  // "close" follows, and that is all there is to know.
  socket.on("error", () => undefined);
  const send = (reply: Hello | ControlReply): void => {
    if (socket.writableLength > maxUnreadBytes) socket.destroy();
    else socket.write(replyLine(reply));
  };
  send(hello);
  const line = await readLine(socket, limitMs, gone.signal);
  if (!gone.signal.aborted) {
    const progress = (text: string): void => send({ type: "progress", text });
    const reply = replyTo(line, (request) => carryOut(request, progress, gone.signal));
    // Whoever went away is not waited for, whatever is still done for them.
    await Promise.race([reply.then(send), closed]);
    socket.end();
    const limit = setTimeout(() => socket.destroy(), limitMs);
    await closed;
    clearTimeout(limit);
  }
  await closed;
}

async function replyTo(
  line: string | null,
  carryOut: (request: ControlRequest) => Promise<unknown>,
): Promise<ControlReply> {
  const request = line === null ? null : parseRequest(line);
  if (request === null) return { type: "error", error: notUnderstood };
  try {
    return { type: "result", result: await carryOut(request) };
  } catch (error) {
    return { type: "error", error: failureOf(error) };
  }
}

const notUnderstood: ControlFailure = {
  code: "control_request",
  message: "the daemon does not understand this request",
  remedy: "Use the version of signalbox that the daemon runs, or restart it with this one.",
};

/** The first line that the client sends; `null` where none comes in time, or it is too long. Nothing may follow it. */
async function readLine(
  socket: Socket,
  limitMs: number,
  gone: AbortSignal,
): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const onData = (chunk: Buffer): void => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (chunk.includes("\n")) resolve(Buffer.concat(chunks).toString("utf8"));
    else if (bytes > maxRequestBytes) resolve(null);
  };
  const limit = setTimeout(() => resolve(null), limitMs);
  const nothing = (): void => resolve(null);
  gone.addEventListener("abort", nothing);
  socket.on("data", onData).once("end", nothing);
  const line = await promise;
  clearTimeout(limit);
  gone.removeEventListener("abort", nothing);
  socket.off("data", onData).off("end", nothing);
  socket.once("data", () => socket.destroy());
  return line !== null && line.length <= maxRequestBytes && /^[^\n]*\n$/.test(line) ? line : null;
}
