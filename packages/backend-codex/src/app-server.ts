import type { Line, ProcessExit } from "@signalbox/process";
import type { AppServerMessage, Notification, RequestId, RpcReply } from "./app-server-message.ts";
import { parseHead, parseMessage } from "./parse-message.ts";
import { type ConnectionOrder, ProgramConnection } from "./program-connection.ts";

export type ServerRequest = Omit<Extract<AppServerMessage, { kind: "request" }>, "kind">;

/** Who listens to the server. */
export interface AppServerListener {
  readonly onNotification: (notification: Notification) => void;
  /** To be answered by `answer` or `refuse`, in any order: without that, Codex waits for ever. */
  readonly onRequest: (server: AppServer, request: ServerRequest) => void;
  /** A line was too long to be read. `method` is what it began with, where that could be seen. */
  readonly onCut: (method: string | null) => void;
  /** Any sign of life. */
  readonly onOutput: () => void;
}

/** JSON-RPC's code for a method that nobody knows. */
const methodNotFound = -32_601;

/** A running `codex app-server`: requests and notifications in both directions. */
export class AppServer {
  readonly #listener: AppServerListener;
  readonly #calls = new Map<number, (reply: RpcReply) => void>();
  #connection: ProgramConnection | null = null;
  #lastId = 0;

  private constructor(listener: AppServerListener) {
    this.#listener = listener;
  }

  /** Rejects as `startProcess` does. */
  static async open(order: ConnectionOrder, listener: AppServerListener): Promise<AppServer> {
    const server = new AppServer(listener);
    server.#connection = await ProgramConnection.open(order, {
      onLine: (line) => server.#take(line),
      onOutput: listener.onOutput,
    });
    return server;
  }

  get connection(): ProgramConnection {
    if (this.#connection === null) throw new TypeError("The program has not been started");
    return this.#connection;
  }

  get exited(): Promise<ProcessExit> {
    return this.connection.exited;
  }

  /** Never settles where the program ends before it has answered: wait for `exited` too. */
  async call(method: string, params: Readonly<Record<string, unknown>>): Promise<RpcReply> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<RpcReply>();
    this.#calls.set(id, resolve);
    this.#connection?.send({ id, method, params });
    return promise;
  }

  notify(method: string): void {
    this.#connection?.send({ method });
  }

  answer(id: RequestId, result: Readonly<Record<string, unknown>>): void {
    this.#connection?.send({ id, result });
  }

  refuse(id: RequestId, message: string): void {
    this.#connection?.send({ id, error: { code: methodNotFound, message } });
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
    this.#listener.onCut(head?.method ?? null);
  }
}
