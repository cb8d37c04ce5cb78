import { SignalboxError } from "@signalbox/contracts";
import type { RunnerReply } from "../entry/runner-order.ts";

type RunnerRefusal = Extract<RunnerReply, { type: "refused" }>;

/** What a runner said against an order. */
export function refused({ code, message, remedy, retryable }: RunnerRefusal): SignalboxError {
  return new SignalboxError(code, message, remedy === null ? { retryable } : { retryable, remedy });
}

export function hostClosed(runId: string): SignalboxError {
  return new SignalboxError("host_closed", `Run ${runId} cannot start: the host is closed.`);
}

export function runRevoked(runId: string): SignalboxError {
  return new SignalboxError("run_taken", `Run ${runId} was given up and cannot start again.`, {
    remedy: "Start it under a new id.",
  });
}
