import { SignalboxError } from "@signalbox/contracts";
import type { ErrorDetails, TrackerErrorCode } from "@signalbox/contracts";

export function trackerError(
  code: TrackerErrorCode,
  message: string,
  details: ErrorDetails,
): SignalboxError<TrackerErrorCode> {
  return new SignalboxError(code, message, details);
}

/** A file that cannot be read as what it should be. */
export function payload(
  name: string,
  what: string,
  remedy: string,
  cause?: unknown,
): SignalboxError {
  return trackerError("tracker_payload", `${name} ${what}`, { remedy, cause });
}

/** A write that somebody else was in the way of. */
export function retryLater(name: string, why: string): SignalboxError {
  return trackerError("tracker_transport", `${name} was not written: ${why}`, {
    remedy: "Nothing: the write is tried again. If it goes on, see what else writes to the file.",
    retryable: true,
  });
}

/** A file system error as the tracker's own; other errors pass. */
export function fileError(error: unknown, name: string): unknown {
  const code = codeOf(error);
  switch (code) {
    case null:
      return error;
    case "ENOENT":
    case "ENOTDIR":
    case "ELOOP":
      return trackerError("tracker_config", `${name} does not exist, or is of the wrong kind`, {
        remedy: "Create it (`backlog init`), or set `tracker.provider.path` to the backlog folder.",
        cause: error,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return trackerError("tracker_auth", `${name} may not be read or written by this user`, {
        remedy: "Give this user the right to read and write the backlog folder.",
        cause: error,
      });
    default:
      return trackerError("tracker_transport", `${name} failed with ${code}`, {
        remedy: "Look at the file system: a full or failing disk, or too many open files.",
        retryable: true,
        cause: error,
      });
  }
}

/** The system's name of the error; `null` where it has none, or where it is the tracker's own. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || SignalboxError.isInstance(error)) return null;
  return "code" in error && typeof error.code === "string" ? error.code : null;
}
