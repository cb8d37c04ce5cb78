import type { AgentEvent } from "@signalbox/contracts";
import { errorLine, type Line, LineSplitter } from "@signalbox/process";
import { type AgentLine, readAgentLine } from "./agent-line.ts";
import { MessageFold } from "./message-fold.ts";

export interface TurnOutputSinks {
  readonly emit: (event: AgentEvent) => void;
  readonly transcribe: (line: string) => void;
  /** Takes secrets out of what leaves this package otherwise than by the transcript. */
  readonly redact: (text: string) => string;
  /** What the program says of itself. */
  readonly report: (line: AgentLine) => void;
}

const keptLines = 20;
const maxKeptCharacters = 500;

/** What a program prints in one turn: all of it to the transcript, standard output also as messages. */
export class TurnOutput {
  readonly #sinks: TurnOutputSinks;
  readonly #stdout: LineSplitter;
  readonly #stderr: LineSplitter;
  readonly #messages: MessageFold;
  readonly #lastOutput: string[] = [];
  readonly #lastErrors: string[] = [];
  #cutSeen = false;
  #unreadSeen = false;

  constructor(maxLineBytes: number, sinks: TurnOutputSinks) {
    this.#sinks = sinks;
    this.#stdout = new LineSplitter({ maxLineBytes });
    this.#stderr = new LineSplitter({ maxLineBytes });
    this.#messages = new MessageFold((text) =>
      sinks.emit({ type: "message", role: "agent", text }),
    );
  }

  /** Of the last lines on standard error the one that says what went wrong, clipped; `null` where there was none. */
  get lastError(): string | null {
    return errorLine(this.#lastErrors);
  }

  /** The last lines with text on standard output, clipped. */
  get lastOutput(): string {
    return this.#lastOutput.join("\n");
  }

  pushStdout(chunk: Buffer): void {
    for (const line of this.#stdout.push(chunk)) this.#takeOutput(line);
  }

  pushStderr(chunk: Buffer): void {
    for (const line of this.#stderr.push(chunk)) this.#takeError(line);
  }

  /** Passes on what is not yet. Nothing comes after it. */
  end(): void {
    for (const line of this.#stdout.end()) this.#takeOutput(line);
    for (const line of this.#stderr.end()) this.#takeError(line);
    this.#messages.end();
  }

  #takeOutput(line: Line): void {
    this.#transcribe(line, "");
    if (line.text.trim() === "") return;
    const text = this.#sinks.redact(line.text);
    if (line.droppedBytes === 0 && this.#takeReport(text)) return;
    this.#lastOutput.push(clip(text));
    if (this.#lastOutput.length > keptLines) this.#lastOutput.shift();
    this.#messages.push(text);
  }

  /** Whether the line was meant for us; one that cannot be read counts as output. */
  #takeReport(text: string): boolean {
    const report = readAgentLine(text);
    if (report === null) return false;
    if (!("problem" in report)) {
      // What was said before comes before.
      this.#messages.flush();
      this.#sinks.report(report);
      return true;
    }
    if (this.#unreadSeen) return false;
    this.#unreadSeen = true;
    const notice = `A ::signalbox line cannot be read, and counts as output, as will others like it in this turn: ${report.problem}`;
    this.#sinks.emit({ type: "notice", level: "warn", text: notice });
    return false;
  }

  #takeError(line: Line): void {
    this.#transcribe(line, "[stderr] ");
    if (line.text.trim() === "") return;
    this.#lastErrors.push(clip(this.#sinks.redact(line.text.trim())));
    if (this.#lastErrors.length > keptLines) this.#lastErrors.shift();
  }

  #transcribe({ text, droppedBytes }: Line, prefix: string): void {
    if (droppedBytes === 0) {
      this.#sinks.transcribe(prefix + text);
      return;
    }
    this.#sinks.transcribe(`${prefix}${text} [${droppedBytes} bytes left out]`);
    if (this.#cutSeen) return;
    this.#cutSeen = true;
    const notice =
      "A line of output was too long and has been cut. So will be any other in this turn.";
    this.#sinks.emit({ type: "notice", level: "warn", text: notice });
  }
}

function clip(text: string): string {
  return text.length <= maxKeptCharacters ? text : `${text.slice(0, maxKeptCharacters - 1)}…`;
}
