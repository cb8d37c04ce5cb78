import { SignalboxError, type JournalErrorCode } from "@signalbox/contracts";

/** SQLite's primary result codes, from the list of its documentation ("Result and Error Codes"). */
const sqlite = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
} as const;
/** The extended code of "the shared-memory file could not be made larger": a full disk. */
const ioErrorShmSize = 4874;

/** Whether another connection stood in the way. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code !== null && ((code & 0xff) === sqlite.busy || (code & 0xff) === sqlite.locked);
}

/** Whether SQLite could not make, or not write, a file that it needs. */
export function isUnwritable(error: unknown): boolean {
  const code = resultCode(error);
  if (code === ioErrorShmSize) return true;
  return code !== null && ((code & 0xff) === sqlite.cantOpen || (code & 0xff) === sqlite.readOnly);
}

/** What a failed call of the SQLite binding means to whoever uses the journal at `path`. */
export function toJournalError(error: unknown, path: string, action: string): SignalboxError {
  if (SignalboxError.isInstance(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const message = `The journal ${path} could not ${action}: ${reason}.`;
  const meaning = meaningOf(resultCode(error), error);
  const remedy = meaning === full && beginnings.has(action) ? fullAtStart : meaning.remedy;
  return new SignalboxError<JournalErrorCode>(meaning.code, message, {
    retryable: meaning.retryable,
    remedy,
    cause: error,
  });
}

interface Meaning {
  readonly code: JournalErrorCode;
  readonly retryable: boolean;
  readonly remedy: string;
}

function meaningOf(code: number | null, error: unknown): Meaning {
  if (code === ioErrorShmSize) return full;
  if (code !== null) {
    switch (code & 0xff) {
      case sqlite.full:
        return full;
      case sqlite.readOnly:
      case sqlite.cantOpen:
        return readOnly;
      case sqlite.corrupt:
      case sqlite.notADatabase:
        return damaged;
      case sqlite.busy:
      case sqlite.locked:
        return locked;
      default:
        return io;
    }
  }
  const name = errorName(error);
  if (name === null) return io;
  switch (name) {
    case "ENOSPC":
    case "EDQUOT":
      return full;
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return readOnly;
    case "ERR_INVALID_STATE":
      return closed;
    default:
      return io;
  }
}

/** Actions before which no daemon works: what fails here is not tried again. */
const beginnings: ReadonlySet<string> = new Set(["be opened", "be taken over"]);
const fullAtStart = "Free space on its disk, then try again.";

const full: Meaning = {
  code: "journal_full",
  retryable: true,
  remedy: "Free space on its disk; the daemon goes on by itself.",
};
const readOnly: Meaning = {
  code: "journal_read_only",
  retryable: true,
  remedy: "Make the file and its folder writable for this user, or choose another journal.path.",
};
const damaged: Meaning = {
  code: "journal_damaged",
  retryable: false,
  remedy:
    "Put back a copy of the file, or move it and its -wal, -shm and -head files away to start anew.",
};
const locked: Meaning = {
  code: "journal_locked",
  retryable: true,
  remedy: "Close the other program that writes to this file.",
};
const io: Meaning = {
  code: "journal_io",
  retryable: true,
  remedy: "Look for disk errors in the system's log.",
};
const closed: Meaning = {
  code: "journal_fenced",
  retryable: false,
  remedy: "Open the journal again: this handle is closed.",
};

function resultCode(error: unknown): number | null {
  return typeof error === "object" &&
    error !== null &&
    "errcode" in error &&
    typeof error.errcode === "number"
    ? error.errcode
    : null;
}

function errorName(error: unknown): string | null {
  return typeof error === "object" &&
    error !== null &&
    "code" in error &&
    typeof error.code === "string"
    ? error.code
    : null;
}
