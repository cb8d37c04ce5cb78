import type { ProcessExit } from "./managed-process.ts";
import { BoundedOutput } from "./output/bounded-output.ts";
import type { ProcessOrder } from "./spawn/process-order.ts";
import { startProcess } from "./start-process.ts";

export interface CommandOrder extends Omit<ProcessOrder, "onStdout" | "onStderr"> {
  /** Wall time after which the command dies with everything it started; 0: no limit. */
  readonly timeoutMs: number;
  /** Kept of each output, half from its beginning and half from its end. Default 65,536 bytes. */
  readonly maxOutputBytes?: number;
}

export interface CommandResult {
  readonly exit: ProcessExit;
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
  readonly timedOut: boolean;
  readonly durationMs: number;
}

export interface CapturedOutput {
  /** UTF-8. Where bytes were left out, a line in the middle says how many. */
  readonly text: string;
  readonly droppedBytes: number;
}

const defaultMaxOutputBytes = 65_536;
const timeoutReason = "timeout";

/**
 * Runs a short program to its end, whatever it exits with. Rejects as `startProcess` does, and with the signal's reason
 * where that stopped it; by then nothing of it is alive.
 */
export async function runCommand(order: CommandOrder): Promise<CommandResult> {
  const { timeoutMs, maxOutputBytes = defaultMaxOutputBytes, ...processOrder } = order;
  const stdout = new BoundedOutput(maxOutputBytes);
  const stderr = new BoundedOutput(maxOutputBytes);
  const running = await startProcess({
    ...processOrder,
    onStdout: (chunk) => stdout.push(chunk),
    onStderr: (chunk) => stderr.push(chunk),
  });
  const timer =
    timeoutMs > 0 ? setTimeout(() => void running.stop(timeoutReason), timeoutMs) : null;
  try {
    const exit = await running.exited;
    const timedOut = exit.stoppedBy === timeoutReason;
    if (exit.stoppedBy !== null && !timedOut) order.signal?.throwIfAborted();
    return {
      exit,
      stdout: captured(stdout),
      stderr: captured(stderr),
      timedOut,
      durationMs: exit.durationMs,
    };
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}

function captured(output: BoundedOutput): CapturedOutput {
  return { text: output.text(), droppedBytes: output.droppedBytes };
}
