import type {
  AnyMessage,
  ClientApp,
  ClientConnection,
  ClientContext,
} from "@agentclientprotocol/sdk";
import type { SessionOrder } from "@signalbox/contracts";
import {
  AgentProgram,
  type AgentProgramListener,
  type Line,
  type ProcessExit,
} from "@signalbox/process";
import { readCutLine, readRpcLine, type RpcId } from "./rpc-line.ts";

export interface ConnectionOrder {
  readonly program: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly session: SessionOrder;
  /** Answers what the agent asks for. */
  readonly app: ClientApp;
}

/** Who listens to the agent. */
export interface ConnectionListener extends Omit<AgentProgramListener, "onLine"> {
  /** Parameters of a `session/update`, unread, before anything that came after it. */
  readonly onUpdate: (parameters: unknown) => void;
}

/** What the agent has asked for and has no answer to: terminals may be waited for, a flood is refused. */
const maxOpenRequests = 64;
const parseError = -32_700;
const internalError = -32_603;

/**
 * A running agent and its messages in both directions. The lines are read here, bounded and in order; requests and answers
 * are then matched by the SDK.
 */
export class AgentConnection {
  readonly #order: ConnectionOrder;
  readonly #listener: ConnectionListener;
  readonly #connection: ClientConnection;
  /** Ids of our requests without an answer, and how many of the agent's have none. */
  readonly #awaited = new Set<RpcId>();
  #openRequests = 0;
  #incoming: ReadableStreamDefaultController<AnyMessage> | null = null;
  #program: AgentProgram | null = null;
  #exited: Promise<ProcessExit> | null = null;

  private constructor(order: ConnectionOrder, listener: ConnectionListener) {
    this.#order = order;
    this.#listener = listener;
    this.#connection = order.app.connect({
      readable: new ReadableStream<AnyMessage>({
        start: (controller) => {
          this.#incoming = controller;
        },
      }),
      writable: new WritableStream<AnyMessage>({ write: (message) => this.#send(message) }),
    });
  }

  /** Rejects as `startProcess` does. */
  static async open(
    order: ConnectionOrder,
    listener: ConnectionListener,
  ): Promise<AgentConnection> {
    const connection = new AgentConnection(order, listener);
    try {
      await connection.#start();
    } catch (error) {
      connection.#connection.close();
      throw error;
    }
    return connection;
  }

  /** To ask the agent. What it has not answered is rejected when it ends. */
  get agent(): ClientContext {
    return this.#connection.agent;
  }

  /** Whether the agent can be asked still. */
  get isOpen(): boolean {
    return !this.#connection.signal.aborted;
  }

  /** The line of standard error that says best what went wrong; `null` where there is none. */
  get lastError(): string | null {
    return this.#program?.lastError ?? null;
  }

  /** See `AgentProgram.exited`. */
  get exited(): Promise<ProcessExit> {
    if (this.#exited === null) throw new TypeError("The agent has not been started");
    return this.#exited;
  }

  /** See `AgentProgram.endInput`. */
  endInput(): void {
    this.#program?.endInput();
  }

  /** See `AgentProgram.stop`. */
  async stop(reason: string): Promise<void> {
    await this.#program?.stop(reason);
  }

  async #start(): Promise<void> {
    const { program, environment, session } = this.#order;
    this.#program = await AgentProgram.start(
      { command: program, environment, session },
      { ...this.#listener, onLine: (line) => this.#takeOutput(line) },
    );
    this.#exited = this.#program.exited.finally(() => this.#connection.close());
  }

  #takeOutput(line: Line): void {
    if (line.droppedBytes > 0) return this.#takeCut(line.text);
    const said = readRpcLine(line.text);
    switch (said?.kind) {
      case "update":
        return this.#listener.onUpdate(said.parameters);
      case "request":
        if (this.#openRequests >= maxOpenRequests) {
          return this.#refuse(said.id, internalError, "There are too many open requests.");
        }
        this.#openRequests += 1;
        return this.#incoming?.enqueue(said.message);
      case "response":
        if (this.#awaited.delete(said.id)) this.#incoming?.enqueue(said.message);
        return;
      case "notification":
      case undefined:
        return;
    }
  }

  /** Whoever waits for a message that was too long would wait for ever. */
  #takeCut(text: string): void {
    const begun = readCutLine(text);
    if (begun === null) return;
    const message = `The message is longer than ${this.#order.session.limits.maxLineBytes} bytes.`;
    if (begun.isRequest) return this.#refuse(begun.id, parseError, message);
    if (!this.#awaited.delete(begun.id)) return;
    this.#incoming?.enqueue({
      jsonrpc: "2.0",
      id: begun.id,
      error: { code: parseError, message },
    });
  }

  #refuse(id: RpcId, code: number, message: string): void {
    this.#write({ jsonrpc: "2.0", id, error: { code, message } });
  }

  #send(message: AnyMessage): void {
    if ("method" in message) {
      if ("id" in message) this.#awaited.add(message.id);
    } else {
      this.#openRequests -= 1;
    }
    this.#write(message);
  }

  #write(message: AnyMessage): void {
    this.#program?.send(message);
  }
}
