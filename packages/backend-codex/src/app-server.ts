import {
  AgentProgram,
  type AgentProgramListener,
  type AgentProgramOrder,
  type Line,
  type ProcessExit,
} from "@signalbox/process";
import type { AppServerMessage, Notification, RequestId, RpcReply } from "./app-server-message.ts";
import { parseHead, parseMessage } from "./parse-message.ts";

export type ServerRequest = Omit<Extract<AppServerMessage, { kind: "request" }>, "kind">;

/** Who listens to the server. */
export interface AppServerListener extends Omit<AgentProgramListener, "onLine"> {
  readonly onNotification: (notification: Notification) => void;
  /** To be answered by `answer` or `refuse`, in any order: without that, Codex waits for ever. */
  readonly onRequest: (server: AppServer, request: ServerRequest) => void;
  /** A message was too long to be read. `method` is what it began with, where that could be seen. */
  readonly onLost: (method: string | null) => void;
}

/** JSON-RPC's code for a method that nobody knows. */
const methodNotFound = -32_601;

/** A running `codex app-server`: requests and notifications in both directions. */
export class AppServer {
  readonly #listener: AppServerListener;
  readonly #calls = new Map<number, (reply: RpcReply) => void>();
  #program: AgentProgram | null = null;
  #lastId = 0;

  private constructor(listener: AppServerListener) {
    this.#listener = listener;
  }

  /** Rejects as `startProcess` does. */
  static async open(order: AgentProgramOrder, listener: AppServerListener): Promise<AppServer> {
    const server = new AppServer(listener);
    server.#program = await AgentProgram.start(order, {
      ...listener,
      onLine: (line) => server.#take(line),
    });
    return server;
  }

  get program(): AgentProgram {
    if (this.#program === null) throw new TypeError("The program has not been started");
    return this.#program;
  }

  get exited(): Promise<ProcessExit> {
    return this.program.exited;
  }

  /** Never settles where the program ends before it has answered: wait for `exited` too. */
  async call(method: string, params: Readonly<Record<string, unknown>>): Promise<RpcReply> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<RpcReply>();
    this.#calls.set(id, resolve);
    this.#program?.send({ id, method, params });
    return promise;
  }

  notify(method: string): void {
    this.#program?.send({ method });
  }

  answer(id: RequestId, result: Readonly<Record<string, unknown>>): void {
    this.#program?.send({ id, result });
  }

  refuse(id: RequestId, message: string): void {
    this.#program?.send({ id, error: { code: methodNotFound, message } });
  }

  #take(line: Line): void {
    if (line.droppedBytes > 0) return this.#takeCut(line.text);
    const message = parseMessage(line.text);
    if (message === null) return;
    if (message.kind === "notification") return this.#listener.onNotification(message.notification);
    if (message.kind === "request") return this.#listener.onRequest(this, message);
    this.#calls.get(message.id)?.(message.reply);
    this.#calls.delete(message.id);
  }

  #takeCut(text: string): void {
    const head = parseHead(text);
    if (head !== null && head.id !== null) this.refuse(head.id, "The request is too long.");
    this.#listener.onLost(head?.method ?? null);
  }
}
