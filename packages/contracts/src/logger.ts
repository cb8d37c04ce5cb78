import type { JsonValue } from "./json.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Fields of a log line. These four names are fixed so that lines of one run can be found. */
export interface LogFields {
  readonly issue_id?: string;
  readonly issue_identifier?: string;
  readonly run_id?: string;
  readonly session_id?: string;
  readonly [field: string]: JsonValue | undefined;
}

/** A structured log. A failing sink never throws into the caller. No secret may be passed to it. */
export interface Logger {
  log(level: LogLevel, message: string, fields?: LogFields): void;
}
