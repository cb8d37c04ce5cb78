import { SignalboxError } from "@signalbox/contracts";
import type { ErrorDetails, TrackerErrorCode } from "@signalbox/contracts";

/** The text of the bytes, a byte order mark included, so that encoding it again gives the same bytes. */
export function decode(bytes: Buffer, name: string): string {
  if (bytes.includes(0)) {
    throw payload(
      name,
      "holds NUL bytes: it is binary or UTF-16",
      "Save it as UTF-8 text, or correct `path`.",
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw payload(name, "is not valid UTF-8", "Save it as UTF-8.", error);
  }
}

/** A file system error as the tracker's own; other errors pass. */
export function fileError(error: unknown, path: string, name: string): unknown {
  if (SignalboxError.isInstance(error)) return error;
  const at = `the roadmap ${name} (${path})`;
  switch (codeOf(error)) {
    case "ENOENT":
    case "ENOTDIR":
      return trackerError("tracker_config", `${at} does not exist`, {
        remedy: "Create it, or set `tracker.provider.path` to where it is.",
        cause: error,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return trackerError("tracker_auth", `${at} may not be read or written by this user`, {
        remedy:
          "Give this user the right to read and write the file and to create files beside it.",
        cause: error,
      });
    case "ELOOP":
      return notAFile(path, name, "is a symbolic link that leads to itself");
    case null:
      return error;
    default:
      return trackerError(
        "tracker_transport",
        `${at} could not be read or written: ${String(error)}`,
        {
          remedy: "Look at the file system: a full or failing disk, or too many open files.",
          retryable: true,
          cause: error,
        },
      );
  }
}

export function trackerError(
  code: TrackerErrorCode,
  message: string,
  details: ErrorDetails,
): SignalboxError<TrackerErrorCode> {
  return new SignalboxError(code, message, details);
}

export function notAFile(path: string, name: string, what: string): SignalboxError {
  return trackerError("tracker_config", `the roadmap ${name} (${path}) ${what}`, {
    remedy: "Set `tracker.provider.path` to a Markdown file, or to a folder of them.",
  });
}

export function payload(
  name: string,
  what: string,
  remedy: string,
  cause?: unknown,
): SignalboxError {
  return trackerError("tracker_payload", `the roadmap ${name} ${what}`, { remedy, cause });
}

/** The system's name of the error; `null` where it has none. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}
