import { SignalboxError } from "@signalbox/contracts";
import { plainText } from "./plain-text.ts";

/** A wrong command line: the user reads the usage again. */
export class UsageError extends Error {}

/** `0` ok, `1` failure, `2` wrong usage. */
export type ExitStatus = 0 | 1 | 2;

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
}

/** What a person or a script is told about an error that ended a command. */
export function failureOf(error: unknown): Failure {
  if (SignalboxError.isInstance(error)) {
    return { code: error.code, message: error.message, remedy: error.remedy };
  }
  if (error instanceof UsageError) return { code: "usage", message: error.message, remedy: null };
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "internal",
    message,
    remedy:
      "This is a defect of signalbox or of a plugin. SIGNALBOX_DEBUG=1 shows where it happened.",
  };
}

export function exitStatusOf(error: unknown): ExitStatus {
  return error instanceof UsageError ? 2 : 1;
}

/** Lines for stderr. A message may have several; each is made safe for a terminal. */
export function failureLines(failure: Failure): readonly string[] {
  const [first = "", ...rest] = failure.message.split("\n").map(plainText);
  return [
    `signalbox: ${first}`,
    ...rest.map((line) => `  ${line}`),
    ...(failure.remedy === null ? [] : [`  → ${plainText(failure.remedy)}`]),
  ];
}
