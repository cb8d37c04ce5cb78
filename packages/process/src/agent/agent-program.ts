import { once } from "node:events";
import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import type { SessionOrder } from "@signalbox/contracts";
import type { ManagedProcess, ProcessExit } from "../managed-process.ts";
import { type Line, LineSplitter } from "../output/line-splitter.ts";
import { startProcess } from "../start-process.ts";
import { errorLine } from "./error-line.ts";

export interface AgentProgramOrder {
  /** See `ProcessOrder.command`. */
  readonly command: readonly [string, ...string[]];
  /** See `ProcessOrder.programs`. */
  readonly programs?: readonly string[];
  /** Complete: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Aborting its signal stops the program. Each line, in both directions, is transcribed. */
  readonly session: Pick<
    SessionOrder,
    "cwd" | "containment" | "environment" | "limits" | "signal" | "transcribe"
  >;
}

/** Who listens to the program. */
export interface AgentProgramListener {
  /** A line of standard output, also one that was cut. */
  readonly onLine: (line: Line, program: AgentProgram) => void;
  /** Any sign of life. */
  readonly onOutput: () => void;
  /** A line of either output was longer than `limits.maxLineBytes`; told once. */
  readonly onCut: () => void;
  /** `onLine` threw: a defect of the listener. The program has been stopped, and `exited` resolves after this. */
  readonly onFault: (error: unknown) => void;
}

const keptErrorLines = 20;
const maxErrorCharacters = 500;
/** While the program does not read that much, it is not read either. */
const maxUnreadBytes = 8 * 1024 * 1024;

/** How a program counts as ended whose output could not be taken in. */
const unreadable: ProcessExit = {
  code: null,
  signal: null,
  durationMs: 0,
  stoppedBy: "unreadable output",
  survivors: [],
  suspects: [],
};

/** A running agent that is spoken to in lines of JSON, in both directions. */
export class AgentProgram {
  readonly #order: AgentProgramOrder;
  readonly #listener: AgentProgramListener;
  readonly #input = new PassThrough();
  readonly #stdout: LineSplitter;
  readonly #stderr: LineSplitter;
  readonly #errors: string[] = [];
  #process: ManagedProcess | null = null;
  #exited: Promise<ProcessExit> | null = null;
  #isCutTold = false;

  private constructor(order: AgentProgramOrder, listener: AgentProgramListener) {
    this.#order = order;
    this.#listener = listener;
    const { maxLineBytes } = order.session.limits;
    this.#stdout = new LineSplitter({ maxLineBytes });
    this.#stderr = new LineSplitter({ maxLineBytes });
  }

  /** Rejects as `startProcess` does. */
  static async start(
    order: AgentProgramOrder,
    listener: AgentProgramListener,
  ): Promise<AgentProgram> {
    const program = new AgentProgram(order, listener);
    await program.#start();
    return program;
  }

  /** The line of standard error that says best what went wrong; `null` where there is none. */
  get lastError(): string | null {
    return errorLine(this.#errors);
  }

  /** Whether one of the last lines of standard error has this in it. */
  hasWarned(words: string): boolean {
    return this.#errors.some((line) => line.includes(words));
  }

  /** Resolves when the program and all that it started have ended, and their output has been read. Never rejects. */
  get exited(): Promise<ProcessExit> {
    if (this.#exited === null) throw new TypeError("The program has not been started");
    return this.#exited;
  }

  /** Harmless when the program has ended. */
  send(message: object): void {
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
    const { command, programs, environment, session } = this.#order;
    this.#process = await startProcess({
      command,
      ...(programs === undefined ? {} : { programs }),
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
    this.#exited = this.#ended(this.#process);
  }

  async #ended(program: ManagedProcess): Promise<ProcessExit> {
    try {
      const exit = await program.exited;
      for (const line of this.#stdout.end()) this.#takeOutput(line);
      for (const line of this.#stderr.end()) this.#takeError(line);
      return exit;
    } catch (error) {
      this.#listener.onFault(error);
      return unreadable;
    } finally {
      this.#input.destroy();
    }
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
    this.#listener.onLine(line, this);
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
    if (droppedBytes === 0 || this.#isCutTold) return;
    this.#isCutTold = true;
    this.#listener.onCut();
  }
}
