import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import type { SessionOrder } from "@signalbox/contracts";
import {
  errorLine,
  type Line,
  LineSplitter,
  type ManagedProcess,
  type ProcessExit,
  startProcess,
} from "@signalbox/process";

export interface ConnectionOrder {
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly session: Pick<
    SessionOrder,
    "cwd" | "containment" | "environment" | "limits" | "signal" | "transcribe"
  >;
}

/** Who listens to the program. */
export interface ConnectionListener {
  readonly onLine: (line: Line) => void;
  /** Any sign of life. */
  readonly onOutput: () => void;
}

const keptErrorLines = 20;
const maxErrorCharacters = 500;

/** The running program, and its lines in both directions. */
export class ProgramConnection {
  readonly #order: ConnectionOrder;
  readonly #listener: ConnectionListener;
  readonly #input = new PassThrough();
  readonly #stdout: LineSplitter;
  readonly #stderr: LineSplitter;
  readonly #errors: string[] = [];
  #process: ManagedProcess | null = null;
  #exited: Promise<ProcessExit> | null = null;

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

  /** Whether one of the last lines of standard error has this in it. */
  hasWarned(words: string): boolean {
    return this.#errors.some((line) => line.includes(words));
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
    const { command, environment, session } = this.#order;
    this.#process = await startProcess({
      command,
      cwd: session.cwd,
      environment,
      runMarker: session.environment["SIGNALBOX_RUN_ID"] ?? null,
      ...(session.containment === undefined ? {} : { containment: session.containment }),
      stdin: this.#input,
      graceMs: session.limits.graceMs,
      signal: session.signal,
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
    this.#listener.onLine(line);
  }

  #takeError(line: Line): void {
    this.#transcribe(line, "[stderr] ");
    const text = stripVTControlCharacters(line.text).trim();
    if (text === "") return;
    this.#errors.push(text.slice(0, maxErrorCharacters));
    if (this.#errors.length > keptErrorLines) this.#errors.shift();
  }

  #transcribe({ text, droppedBytes }: Line, prefix: string): void {
    const cut = droppedBytes === 0 ? "" : ` [${droppedBytes} bytes left out]`;
    this.#order.session.transcribe(`${prefix}${text}${cut}`);
  }
}
