import { basename } from "node:path";
import type { TurnOutcome } from "@signalbox/contracts";
import type { CommandOptions, ExitMeaning } from "./command-options.ts";

/** How a program ended by itself. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lastError: string | null;
  readonly lastOutput: string;
}

/** By convention a shell's word for "cannot be executed" and "not found": trying again changes nothing. */
const neverStarted = new Set([126, 127]);

/** What the end of the program means. */
export function exitOutcome(options: CommandOptions, end: ProgramEnd): TurnOutcome {
  const { code, signal } = end;
  const program = programName(options);
  if (code === null) return failed(`${program} was ended by ${signal ?? "a signal"}`, end, true);
  const meaning = options.exitCodes?.[code] ?? defaultMeaning(code);
  if (meaning === "succeeded") return { kind: "succeeded" };
  if (meaning === "needs-input") return { kind: "needs-input", question: question(program, end) };
  if (meaning === "quota-exhausted") return { kind: meaning, pool: program, resetsAt: null };
  return failed(`${program} exited with code ${code}`, end, meaning === "retry");
}

/** The program as messages name it: never its arguments, which may hold what nobody else should read. */
export function programName({ program }: CommandOptions): string {
  return basename(typeof program === "string" ? (program.trim().split(/\s/)[0] ?? "") : program[0]);
}

function defaultMeaning(code: number): ExitMeaning {
  if (code === 0) return "succeeded";
  return neverStarted.has(code) ? "failed" : "retry";
}

function failed(what: string, end: ProgramEnd, retryable: boolean): TurnOutcome {
  const notFound = end.code !== null && neverStarted.has(end.code);
  return {
    kind: "failed",
    code: notFound ? "agent-not-found" : "agent-exit",
    retryable,
    message: end.lastError === null ? `${what}.` : `${what}: ${end.lastError}`,
  };
}

function question(program: string, { lastOutput, code }: ProgramEnd): string {
  return lastOutput === ""
    ? `${program} exited with code ${code}, which asks for a person, and did not say what for.`
    : lastOutput;
}
