import type { JsonValue, LogFields, Logger, LogLevel } from "@signalbox/contracts";
import { plainText } from "./terminal/plain-text.ts";

export type LogFormat = "plain" | "json";

/** From what nobody needs to what nobody may miss. */
export const logLevels: readonly LogLevel[] = ["debug", "info", "warn", "error"];

export interface LogLineOptions {
  readonly format: LogFormat;
  /** Lines below it are left out. */
  readonly level: LogLevel;
  readonly now: () => number;
  readonly write: (line: string) => void;
}

/** A log of one line an entry. Whatever happens in `write` stays there. */
export class LineLogger implements Logger {
  readonly #options: LogLineOptions;

  constructor(options: LogLineOptions) {
    this.#options = options;
  }

  log(level: LogLevel, message: string, fields: LogFields = {}): void {
    const { format, now, write } = this.#options;
    if (logLevels.indexOf(level) < logLevels.indexOf(this.#options.level)) return;
    const at = new Date(now()).toISOString();
    try {
      write(
        format === "json"
          ? JSON.stringify({ at, level, message, ...fields })
          : `${at} ${level} ${plainText(message)}${plainFields(fields)}`,
      );
    } catch {
      // A log that cannot be written is no reason to stop what it is about.
      return;
    }
  }
}

function plainFields(fields: LogFields): string {
  return Object.entries(fields)
    .map(([name, value]) => (value === undefined ? "" : ` ${name}=${fieldText(value)}`))
    .join("");
}

function fieldText(value: JsonValue): string {
  const text = plainText(typeof value === "string" ? value : JSON.stringify(value));
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}
