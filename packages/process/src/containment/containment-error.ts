import { type ProcessErrorCode, SignalboxError } from "@signalbox/contracts";

/** A sandbox that was asked for and cannot be had. */
export function containmentUnavailable(because: string, remedy: string): SignalboxError {
  return new SignalboxError<ProcessErrorCode>("containment_unavailable", because, { remedy });
}
