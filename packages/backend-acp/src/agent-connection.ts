import { once } from "node:events";
import { PassThrough } from "node:stream";
import type {
  AnyMessage,
  ClientApp,
  ClientConnection,
  ClientContext,
} from "@agentclientprotocol/sdk";
import type { SessionOrder } from "@signalbox/contracts";
import {
  errorLine,
  type Line,
  LineSplitter,
  type ManagedProcess,
  type ProcessExit,
  startProcess,
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
export interface ConnectionListener {
  /** Parameters of a `session/update`, unread, before anything that came after it. */
  readonly onUpdate: (parameters: unknown) => void;
  /** Any sign of life. */
  readonly onOutput: () => void;
  /** A line was too long; told once. */
  readonly onCut: () => void;
}

const keptErrorLines = 20;
const maxErrorCharacters = 500;
/** What the agent has asked for and has no answer to: terminals may be waited for, a flood is refused. */
const maxOpenRequests = 64;
/** While the agent does not read that much, it is not read either. */
const maxUnreadBytes = 8 * 1024 * 1024;
const parseError = -32_700;
const internalError = -32_603;

/**
 * A running agent and its messages in both directions. The lines are read here, bounded and in order; requests and answers
 * are then matched by the SDK.
 */
export class AgentConnection {
  readonly #order: ConnectionOrder;
  readonly #listener: ConnectionListener;
  readonly #input = new PassThrough();
  readonly #stdout: LineSplitter;
  readonly #stderr: LineSplitter;
  readonly #errors: string[] = [];
  readonly #connection: ClientConnection;
  /** Ids of our requests without an answer, and how many of the agent's have none. */
  readonly #awaited = new Set<RpcId>();
  #openRequests = 0;
  #incoming: ReadableStreamDefaultController<AnyMessage> | null = null;
  #process: ManagedProcess | null = null;
  #exited: Promise<ProcessExit> | null = null;
  #isCutTold = false;

  private constructor(order: ConnectionOrder, listener: ConnectionListener) {
    this.#order = order;
    this.#listener = listener;
    const { maxLineBytes } = order.session.limits;
    this.#stdout = new LineSplitter({ maxLineBytes });
    this.#stderr = new LineSplitter({ maxLineBytes });
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
    return errorLine(this.#errors);
  }

  /** Resolves when the agent and all that it started have ended, and their output has been read. */
  get exited(): Promise<ProcessExit> {
    if (this.#exited === null) throw new TypeError("The agent has not been started");
    return this.#exited;
  }

  /** Nothing more will be sent: an idle agent ends by itself. */
  endInput(): void {
    this.#input.end();
  }

  /** See `ManagedProcess.stop`. */
  async stop(reason: string): Promise<void> {
    await this.#process?.stop(reason);
  }

  async #start(): Promise<void> {
    const { program, environment, session } = this.#order;
    this.#process = await startProcess({
      command: program,
      cwd: session.cwd,
      environment,
      runMarker: session.environment["SIGNALBOX_RUN_ID"] ?? null,
      ...(session.containment === undefined ? {} : { containment: session.containment }),
      stdin: this.#input,
      graceMs: session.limits.graceMs,
      signal: session.signal,
      onStdout: (chunk) => this.#takeChunk(chunk),
      onStderr: (chunk) => {
        this.#listener.onOutput();
        for (const line of this.#stderr.push(chunk)) this.#takeError(line);
      },
    });
    this.#exited = this.#process.exited
      .then((exit) => {
        for (const line of this.#stdout.end()) this.#takeOutput(line);
        for (const line of this.#stderr.end()) this.#takeError(line);
        return exit;
      })
      .finally(() => {
        this.#input.destroy();
        this.#connection.close();
      });
  }

  #takeChunk(chunk: Buffer): void | Promise<void> {
    this.#listener.onOutput();
    for (const line of this.#stdout.push(chunk)) this.#takeOutput(line);
    if (this.#input.writableLength + this.#input.readableLength > maxUnreadBytes) {
      return this.#untilRead();
    }
  }

  async #untilRead(): Promise<void> {
    const ended = new AbortController();
    this.#input.once("close", () => ended.abort());
    try {
      await once(this.#input, "drain", { signal: ended.signal });
    } catch (error) {
      if (!ended.signal.aborted) throw error;
    }
  }

  #takeOutput(line: Line): void {
    this.#transcribe(line, "");
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
    const line = JSON.stringify(message);
    this.#order.session.transcribe(`[sent] ${line}`);
    if (this.#input.writable) this.#input.write(`${line}\n`);
  }

  #takeError(line: Line): void {
    this.#transcribe(line, "[stderr] ");
    if (line.text.trim() === "") return;
    this.#errors.push(line.text.trim().slice(0, maxErrorCharacters));
    if (this.#errors.length > keptErrorLines) this.#errors.shift();
  }

  #transcribe({ text, droppedBytes }: Line, prefix: string): void {
    const cut = droppedBytes === 0 ? "" : ` [${droppedBytes} bytes left out]`;
    this.#order.session.transcribe(`${prefix}${text}${cut}`);
    if (droppedBytes === 0 || this.#isCutTold) return;
    this.#isCutTold = true;
    this.#listener.onCut();
  }
}
