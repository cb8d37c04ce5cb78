import { SignalboxError } from "@signalbox/contracts";
import type { ErrorDetails, TrackerErrorCode } from "@signalbox/contracts";

/** Keeps the status beside the port's error, for those that know what a 404 means here. */
export class StatusFailure extends SignalboxError<TrackerErrorCode> {
  readonly status: number;

  constructor(status: number, code: TrackerErrorCode, message: string, details: ErrorDetails) {
    super(code, message, details);
    this.status = status;
  }
}
