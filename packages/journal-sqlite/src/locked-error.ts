import { SignalboxError, type JournalErrorCode, type JournalOwner } from "@signalbox/contracts";

/** Somebody else has the journal at `path`; `owner` is what the journal says of them. */
export function lockedError(path: string, owner: JournalOwner | null): SignalboxError {
  const who =
    owner === null
      ? "another process"
      : `the daemon with pid ${owner.pid} on ${owner.host}, since ${new Date(owner.since).toISOString()}`;
  return new SignalboxError<JournalErrorCode>(
    "journal_locked",
    `The journal ${path} is held by ${who}.`,
    {
      remedy:
        owner === null
          ? "Stop that process first."
          : `Stop that daemon first (kill ${owner.pid}), or let it go on and start none beside it.`,
    },
  );
}
