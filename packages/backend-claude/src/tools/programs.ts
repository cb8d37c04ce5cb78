import { type Containment, SignalboxError } from "@signalbox/contracts";
import { type CommandResult, runCommand } from "@signalbox/process";
import { type ToolContext, ToolFailure } from "./tool.ts";

/** How tools start programs: in the workspace, with the agent's environment, and never with a credential of ours. */
export interface ProgramPlace {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly runMarker: string | null;
  readonly containment: Containment | null;
  readonly graceMs: number;
  readonly maxOutputBytes: number;
  /** Hears of processes that could not be ended. */
  readonly onSurvivors: (pids: readonly number[]) => void;
}

export interface ProgramOrder {
  readonly command: readonly [string, ...string[]];
  readonly cwd?: string;
  readonly stdin?: string;
  readonly timeoutMs: number;
}

/**
 * Runs a program to its end, which is the end of everything that it started. Rejects with a `ToolFailure` where it
 * cannot be started, and with the signal's reason where that stopped it.
 */
export async function runProgram(
  place: ProgramPlace,
  order: ProgramOrder,
  context: ToolContext,
): Promise<CommandResult> {
  const { command, stdin, timeoutMs, cwd = place.cwd } = order;
  try {
    const result = await runCommand({
      command,
      cwd,
      environment: place.environment,
      runMarker: place.runMarker,
      graceMs: place.graceMs,
      maxOutputBytes: place.maxOutputBytes,
      timeoutMs,
      signal: context.signal,
      ...(place.containment === null ? {} : { containment: place.containment }),
      ...(stdin === undefined ? {} : { stdin }),
    });
    if (result.exit.survivors.length > 0) place.onSurvivors(result.exit.survivors);
    return result;
  } catch (error) {
    if (context.signal.aborted || !SignalboxError.isInstance(error)) throw error;
    throw new ToolFailure(error.message, { cause: error });
  }
}

/** What a program has printed and how it ended, in words for the model. */
export function describeResult(result: CommandResult, stdout: string = result.stdout.text): string {
  const { exit, stderr, timedOut, durationMs } = result;
  const parts = [stdout, stderr.text === "" ? "" : `[standard error]\n${stderr.text}`];
  if (timedOut) parts.push(`[stopped after ${Math.round(durationMs / 1_000)} s: it took too long]`);
  else if (exit.code === null) parts.push(`[ended by ${exit.signal ?? "a signal"}]`);
  else if (exit.code !== 0) parts.push(`[exit code ${exit.code}]`);
  const text = parts.filter((part) => part !== "").join("\n");
  return text === "" ? "[no output]" : text;
}
