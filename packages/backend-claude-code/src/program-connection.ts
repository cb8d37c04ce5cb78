import { PassThrough } from "node:stream";
import type { SessionOrder } from "@signalbox/contracts";
import {
  errorLine,
  type Line,
  LineSplitter,
  type ManagedProcess,
  type ProcessExit,
  startProcess,
} from "@signalbox/process";
import { refusal } from "./answer-request.ts";
import { parseStreamMessage, requestIdOf } from "./parse-stream-message.ts";
import type { StreamMessage } from "./stream-message.ts";

export interface ConnectionOrder {
  readonly command: readonly [string, ...string[]];
  /** Absolute path of Claude Code, which `command` may start by a shell. */
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly session: Pick<SessionOrder, "cwd" | "containment" | "limits" | "transcribe">;
  readonly runMarker: string | null;
  readonly signal: AbortSignal;
}

/** Who listens to the program. */
export interface ConnectionListener {
  readonly onMessage: (message: StreamMessage) => void;
  /** Any sign of life. */
  readonly onOutput: () => void;
  /** A line was too long; told once. */
  readonly onCut: () => void;
}

const keptErrorLines = 20;
const maxErrorCharacters = 500;

/** The running program and its lines of JSON in both directions. */
export class ProgramConnection {
  readonly #order: ConnectionOrder;
  readonly #listener: ConnectionListener;
  readonly #input = new PassThrough();
  readonly #stdout: LineSplitter;
  readonly #stderr: LineSplitter;
  readonly #errors: string[] = [];
  #process: ManagedProcess | null = null;
  #exited: Promise<ProcessExit> | null = null;
  #isCutTold = false;

  private constructor(order: ConnectionOrder, listener: ConnectionListener) {
    this.#order = order;
    this.#listener = listener;
    const { maxLineBytes } = order.session.limits;
    this.#stdout = new LineSplitter({ maxLineBytes });
    this.#stderr = new LineSplitter({ maxLineBytes });
  }

  /** Rejects as `startProcess` does. */
  static async open(
    order: ConnectionOrder,
    listener: ConnectionListener,
  ): Promise<ProgramConnection> {
    const connection = new ProgramConnection(order, listener);
    await connection.#start();
    return connection;
  }

  /** The line of standard error that says best what went wrong; `null` where there is none. */
  get lastError(): string | null {
    return errorLine(this.#errors);
  }

  /** Resolves when the program and all that it started have ended, and their output has been read. */
  get exited(): Promise<ProcessExit> {
    if (this.#exited === null) throw new TypeError("The program has not been started");
    return this.#exited;
  }

  /** Harmless when the program has ended. */
  send(message: Readonly<Record<string, unknown>>): void {
    const line = JSON.stringify(message);
    this.#order.session.transcribe(`[sent] ${line}`);
    if (this.#input.writable) this.#input.write(`${line}\n`);
  }

  /** Nothing more will be sent: an idle program ends by itself. */
  endInput(): void {
    this.#input.end();
  }

  /** See `ManagedProcess.stop`. */
  async stop(reason: string): Promise<void> {
    await this.#process?.stop(reason);
  }

  async #start(): Promise<void> {
    const { command, program, environment, session, runMarker, signal } = this.#order;
    this.#process = await startProcess({
      command,
      programs: [program],
      cwd: session.cwd,
      environment,
      runMarker,
      ...(session.containment === undefined ? {} : { containment: session.containment }),
      stdin: this.#input,
      graceMs: session.limits.graceMs,
      signal,
      onStdout: (chunk) => {
        this.#listener.onOutput();
        for (const line of this.#stdout.push(chunk)) this.#takeOutput(line);
      },
      onStderr: (chunk) => {
        this.#listener.onOutput();
        for (const line of this.#stderr.push(chunk)) this.#takeError(line);
      },
    });
    this.#exited = this.#process.exited.then((exit) => {
      for (const line of this.#stdout.end()) this.#takeOutput(line);
      for (const line of this.#stderr.end()) this.#takeError(line);
      return exit;
    });
  }

  #takeOutput(line: Line): void {
    this.#transcribe(line, "");
    const message = line.droppedBytes > 0 ? null : parseStreamMessage(line.text);
    if (message !== null) return this.#listener.onMessage(message);
    const requestId = requestIdOf(line.text);
    if (requestId !== null) {
      const response = { ...refusal("The request cannot be read."), request_id: requestId };
      this.send({ type: "control_response", response });
    }
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
