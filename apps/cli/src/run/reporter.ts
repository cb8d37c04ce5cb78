import type { WorkflowConfig } from "@signalbox/contracts";
import type { OrchestratorState } from "@signalbox/core";
import { statusOf, type HistoryRow } from "@signalbox/views";
import type { Surroundings } from "../surroundings.ts";
import { plainText } from "../terminal/plain-text.ts";
import { finalTable } from "./final-table.ts";
import { LiveRegion } from "./live-region.ts";
import type { Notice } from "./notice.ts";
import { noticeLine } from "./notice-line.ts";
import { progressLines } from "./progress-lines.ts";

/** How `run` tells what happens. */
export interface Reporter {
  began(config: WorkflowConfig, at: number): void;
  notice(notice: Notice): void;
  /** A line of the log, or a word to the person at the keyboard. */
  line(text: string): void;
  finished(rows: readonly HistoryRow[], at: number): void;
  /** Gives the terminal back. Nothing may be called after it but `finished`. */
  close(): void;
}

/** One JSON object a line on stdout; the shapes are in the README. */
export class JsonReporter implements Reporter {
  readonly #surroundings: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  began(config: WorkflowConfig, at: number): void {
    this.#object({
      type: "daemon-started",
      at,
      workflow: config.source.path,
      state_dir: config.stateDir,
    });
  }

  notice(notice: Notice): void {
    this.#object(notice);
  }

  line(text: string): void {
    this.#surroundings.err.line(text);
  }

  finished(rows: readonly HistoryRow[], at: number): void {
    const issues = rows.map((row) => ({
      issue_id: row.issueId,
      issue_identifier: row.identifier,
      title: row.title,
      result: row.result,
      detail: row.detail,
      attempts: row.attempts,
      duration_ms: row.durationMs,
      commit: row.commit,
      branch: row.branch,
    }));
    this.#object({ type: "daemon-ended", at, issues });
  }

  close(): void {
    // Nothing was taken from the terminal.
  }

  #object(value: object): void {
    this.#surroundings.out.line(JSON.stringify(value));
  }
}

/** Plain lines, for a pipe or a file. */
export class LineReporter implements Reporter {
  readonly #surroundings: Surroundings;
  readonly #print: (line: string) => void;

  /** `print`: where lines go that stay; stdout by default. */
  constructor(surroundings: Surroundings, print?: (line: string) => void) {
    this.#surroundings = surroundings;
    this.#print = print ?? ((line) => surroundings.out.line(line));
  }

  began(config: WorkflowConfig): void {
    this.#print(`signalbox works on ${plainText(config.source.path)}`);
    this.#print(`its state is in ${plainText(config.stateDir)}`);
  }

  notice(notice: Notice): void {
    const line = noticeLine(notice, this.#surroundings.paint);
    if (line !== null) this.#print(line);
  }

  line(text: string): void {
    this.#surroundings.err.line(text);
  }

  finished(rows: readonly HistoryRow[]): void {
    this.#print("");
    for (const line of finalTable(rows, this.#surroundings.columns(), this.#surroundings.paint)) {
      this.#print(line);
    }
  }

  close(): void {
    // Nothing was taken from the terminal.
  }
}

const frameMs = 120;

/** Lines that stay, and below them what is under way, redrawn a few times a second. */
export class LiveReporter implements Reporter {
  readonly #surroundings: Surroundings;
  readonly #region: LiveRegion;
  readonly #lines: LineReporter;
  readonly #state: () => OrchestratorState;
  readonly #lastWords = new Map<string, string>();
  #timer: NodeJS.Timeout | null = null;
  #frame = 0;

  constructor(surroundings: Surroundings, state: () => OrchestratorState) {
    this.#surroundings = surroundings;
    this.#state = state;
    this.#region = new LiveRegion(surroundings.out, surroundings.columns);
    this.#lines = new LineReporter(surroundings, (line) => this.#region.above(line));
  }

  began(config: WorkflowConfig): void {
    this.#lines.began(config);
    this.#timer = setInterval(() => this.#draw(), frameMs);
  }

  notice(notice: Notice): void {
    if (notice.type === "agent-event" && notice.event.type === "message") {
      const said = notice.event.text.trimEnd().split("\n").at(-1) ?? "";
      this.#lastWords.set(notice.run_id, said);
    }
    if (notice.type === "run-ended") this.#lastWords.delete(notice.run_id);
    this.#lines.notice(notice);
  }

  line(text: string): void {
    this.#region.above(text);
  }

  finished(rows: readonly HistoryRow[]): void {
    this.#lines.finished(rows);
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#region.close();
  }

  #draw(): void {
    this.#frame += 1;
    const status = statusOf(this.#state(), Date.now());
    this.#region.draw(
      progressLines(status, this.#lastWords, this.#frame, this.#surroundings.paint),
    );
  }
}
